import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ENDS } from '../../support/power-cut.ts';
import { killEverywhere } from './support/sweep.ts';
import { copied, renamed } from './support/worlds.ts';

/** Some of the changes; all of them in killed.full.test.ts. */
describe.each(ENDS)('a rotation that is %s before a change of the file system', (_, end) => {
  test('by rename: there is always a log, and every line comes once', async () => {
    const points = await killEverywhere({
      ...end,
      ...renamed,
      stride: 9,
      meanwhile: (live) => expect(existsSync(live)).toBe(true),
    });

    expect(points).toBeGreaterThan(10);
  });

  test('by copy and cut: every line comes once', async () => {
    expect(await killEverywhere({ ...end, ...copied, stride: 9 })).toBeGreaterThan(10);
  });
});
