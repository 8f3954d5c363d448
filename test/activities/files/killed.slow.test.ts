import { describe, expect, test } from 'vitest';
import { ENDS } from '../../support/power-cut.ts';
import { killEverywhere } from './support/sweep.ts';

/** Some of the changes; all of them in killed.full.test.ts. */
describe.each(ENDS)(
  'a restore of files that is %s before a change of the file system',
  (_, end) => {
    test('every file is old or new, and it ends when it is tried again', async () => {
      expect(await killEverywhere('restore', { ...end, stride: 24 })).toBeGreaterThan(20);
    });
  },
);
