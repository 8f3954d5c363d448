import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ENDS } from '../../support/power-cut.ts';
import { canTrace } from '../../support/strace.ts';
import { killEverywhere } from './support/sweep.ts';
import { copied, renamed } from './support/worlds.ts';

describe.each(ENDS)('a rotation that is %s before any change of the file system', (_, end) => {
  test('by rename: there is always a log, and every line comes once', async () => {
    const points = await killEverywhere({
      ...end,
      ...renamed,
      meanwhile: (live) => expect(existsSync(live)).toBe(true),
    });

    expect(points).toBeGreaterThan(10);
  });

  test('by rename without hard links: every line comes once', async () => {
    expect(await killEverywhere({ ...end, ...renamed, links: false })).toBeGreaterThan(10);
  });

  test('by copy and cut: every line comes once', async () => {
    expect(await killEverywhere({ ...end, ...copied })).toBeGreaterThan(10);
  });
});

describe.skipIf(!canTrace).each(ENDS)('a rotation that is %s at system calls', (_, end) => {
  for (const call of ['link', 'rename', 'unlink', 'fchmod', 'fsync'])
    test(`by rename, at every ${call}`, async () => {
      expect(await killEverywhere({ ...end, ...renamed, call })).toBeGreaterThan(0);
    });

  for (const call of ['pwrite64', 'ftruncate', 'rename', 'unlink', 'fsync'])
    test(`by copy and cut, at every ${call}`, async () => {
      expect(await killEverywhere({ ...end, ...copied, call })).toBeGreaterThan(0);
    });
});
