import { existsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { ENDS } from '../../support/power-cut.ts';
import { canTrace } from '../../support/strace.ts';
import { killEverywhere } from './support/sweep.ts';

const MEMORY = '/dev/shm';
const otherDisk = existsSync(MEMORY) && statSync(MEMORY).dev !== statSync(tmpdir()).dev;

describe.each(ENDS)(
  'a restore of files that is %s before any change of the file system',
  (_, end) => {
    for (const scenario of ['restore', 'undo'] as const) {
      test(`${scenario}: every file is old or new, and it ends when it is tried again`, async () => {
        const points = await killEverywhere(scenario, end);

        process.stdout.write(`${points} changes by ${scenario}\n`);
        expect(points).toBeGreaterThan(8);
      });

      test.skipIf(!otherDisk)(`${scenario}, with its state on another disk`, async () => {
        expect(await killEverywhere(scenario, { ...end, stateBelow: MEMORY })).toBeGreaterThan(5);
      });
    }
  },
);

describe.skipIf(!canTrace).each(ENDS)('a restore of files that is %s at system calls', (_, end) => {
  for (const call of ['rename', 'link', 'unlink', 'fsync', 'mkdir', 'rmdir'])
    for (const scenario of ['restore', 'undo'] as const)
      test(`${scenario}, at every ${call}`, async () => {
        expect(await killEverywhere(scenario, { ...end, call })).toBeGreaterThanOrEqual(0);
      });
});
