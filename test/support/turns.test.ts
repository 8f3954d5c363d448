import { globSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inTurn } from './turns.ts';

const files = globSync('test/**/*.full.test.ts');

describe('the long tests that a run with bounded time begins with', () => {
  test('are others in each hour, and none is left out', () => {
    const [one, next] = [inTurn(files, 490_000), inTurn(files, 490_001)];

    expect(one.toSorted()).toEqual(files.toSorted());
    expect(next.toSorted()).toEqual(files.toSorted());
    expect(one.slice(0, 30).filter((file) => next.slice(0, 30).includes(file))).toEqual([]);
  });

  test('have all come first after some runs, whichever hours these are in', () => {
    const hours = Array.from({ length: 12 }, (_, n) => 490_000 + n * 7);

    const third = Math.ceil(files.length / 3);

    expect(new Set(hours.flatMap((hour) => inTurn(files, hour).slice(0, third)))).toEqual(
      new Set(files),
    );
  });

  test('are none where there are none', () => {
    expect(inTurn([])).toEqual([]);
  });
});
