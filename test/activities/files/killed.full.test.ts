import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { killEverywhere } from '../files-support/sweep.ts';

const traced = spawnSync('strace', ['-V']).status === 0;
const MEMORY = '/dev/shm';
const otherDisk = existsSync(MEMORY) && statSync(MEMORY).dev !== statSync(tmpdir()).dev;

describe('a restore of files that is killed before any change of the file system', () => {
  for (const scenario of ['restore', 'undo'] as const) {
    test(`${scenario}: every file is old or new, and it ends when it is tried again`, async () => {
      const points = await killEverywhere(scenario);

      process.stdout.write(`${points} changes by ${scenario}\n`);
      expect(points).toBeGreaterThan(8);
    });

    test.skipIf(!otherDisk)(`${scenario}, with its state on another disk`, async () => {
      expect(await killEverywhere(scenario, { stateBelow: MEMORY })).toBeGreaterThan(5);
    });
  }
}, 300_000);

describe.skipIf(!traced)(
  'a restore of files that is killed at system calls',
  () => {
    for (const call of ['rename', 'link', 'unlink', 'fsync', 'mkdir', 'rmdir'])
      for (const scenario of ['restore', 'undo'] as const)
        test(`${scenario}, at every ${call}`, async () => {
          expect(await killEverywhere(scenario, { call })).toBeGreaterThanOrEqual(0);
        });
  },
  300_000,
);
