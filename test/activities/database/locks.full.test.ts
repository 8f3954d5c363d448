import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import { test } from '../../support/target.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { holderScript } from './support/while-locked.ts';

const TIMES = 60;

describe('database.endLockHolder', () => {
  test('is never taken in by one that ends between two readings', async ({ target, skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    const database = databaseActivities(target);
    const holder = [process.execPath, holderScript, target.database.file, 'writes', 'stubborn'];
    const ended: unknown[] = [];

    for (let time = 0; time < TIMES; time += 1) {
      // Another process is its parent, and takes its entry away as soon as it has ended.
      const parent = execa('sh', ['-c', '"$@" & wait', 'sh', ...holder], { reject: false });
      await expect
        .poll(async () => (await database.findLockHolders()).blocking, TIMEOUT)
        .toMatchObject([{ role: 'other' }]);
      const [lockHolder] = (await database.findLockHolders()).blocking;
      ended.push((await database.endLockHolder(lockHolder!, 'SIGKILL')).released);
      await parent;
    }

    expect(ended).toEqual(Array.from({ length: TIMES }, () => true));
  });
});
