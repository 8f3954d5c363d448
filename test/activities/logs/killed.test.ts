import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { killEverywhere } from '../logs-support/sweep.ts';
import { copied, renamed } from '../logs-support/worlds.ts';

/** Some of the changes; all of them in killed.full.test.ts. */
describe('a rotation that is killed before a change of the file system', () => {
  test('by rename: there is always a log, and every line comes once', async () => {
    const points = await killEverywhere({
      ...renamed,
      stride: 9,
      meanwhile: (live) => expect(existsSync(live)).toBe(true),
    });

    expect(points).toBeGreaterThan(10);
  });

  test('by copy and cut: every line comes once', async () => {
    expect(await killEverywhere({ ...copied, stride: 9 })).toBeGreaterThan(10);
  });
});
