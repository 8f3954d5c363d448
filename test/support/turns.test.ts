import { globSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { leftOut } from './turns.ts';

const files = globSync('test/**/*.full.test.ts');
const played = (day: number) => {
  const out = leftOut(files, { bounded: true, day });
  return files.filter((file) => !out.includes(file));
};

describe('where time is bounded, long tests', () => {
  test('have all had their turn after three days, whichever is the first', () => {
    for (const day of [20_000, 20_001, 20_002]) {
      const days = [day, day + 1, day + 2].map(played);

      expect(new Set(days.flat())).toEqual(new Set(files));
      for (const one of days) {
        expect(one).toContain('test/faults/every-runbook.full.test.ts');
        // About a third each.
        expect(one.length).toBeGreaterThan(files.length / 5);
        expect(one.length).toBeLessThan(files.length / 2);
      }
    }
  });

  test('are all played elsewhere', () => {
    expect(leftOut(files, { bounded: false })).toEqual([]);
  });
});
