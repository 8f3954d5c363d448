import { describe, expect, test } from 'vitest';
import { killEverywhere } from '../files-support/sweep.ts';

/** Some of the changes; all of them in killed.full.test.ts. */
describe('a restore of files that is killed before a change of the file system', () => {
  test('every file is old or new, and it ends when it is tried again', async () => {
    expect(await killEverywhere('restore', { stride: 24 })).toBeGreaterThan(20);
  });
});
