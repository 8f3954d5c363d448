import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { killEverywhere } from '../logs-support/sweep.ts';
import { copied, renamed } from '../logs-support/worlds.ts';

const traced = spawnSync('strace', ['-V']).status === 0;

describe('a rotation that is killed before any change of the file system', () => {
  test('by rename: there is always a log, and every line comes once', async () => {
    await killEverywhere({
      ...renamed,
      meanwhile: (live) => expect(existsSync(live)).toBe(true),
    });
  });

  test('by rename without hard links: every line comes once', async () => {
    await killEverywhere({ ...renamed, links: false });
  });

  test('by copy and cut: every line comes once', async () => {
    await killEverywhere(copied);
  });
}, 300_000);

describe.skipIf(!traced)(
  'a rotation that is killed at system calls',
  () => {
    for (const call of ['link', 'rename', 'unlink', 'fchmod', 'pwrite64', 'fsync'])
      test(`by rename, at every ${call}`, async () => {
        await killEverywhere({ ...renamed, call });
      });

    for (const call of ['pwrite64', 'ftruncate', 'rename', 'unlink', 'fsync'])
      test(`by copy and cut, at every ${call}`, async () => {
        await killEverywhere({ ...copied, call });
      });
  },
  300_000,
);
