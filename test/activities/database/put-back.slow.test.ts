import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import { ROWS, test } from '../../support/target.ts';
import { beside, leaveInLog, seenIn } from './support/database-files.ts';
import { NEWER, restored, withOlderBackup } from './support/fixtures.ts';
import { playWithoutLinks } from './support/play-killed.ts';
import { whileWritten } from './support/processes.ts';
import { play, STAMP } from './support/scenarios.ts';

const OLD = { rows: ROWS + NEWER, check: 'ok' };

describe('database.putBack', () => {
  test('brings the old rows back and keeps those written to the restored database', async ({
    target,
  }) => {
    const { file } = target.database;
    const { database } = await restored(target);
    leaveInLog(file, 3);

    const first = await database.putBack(STAMP);
    const second = await database.putBack(STAMP);

    expect([first.changed, second.changed]).toEqual([true, false]);
    expect(seenIn(file)).toEqual(OLD);
    expect(seenIn(`${file}.undone-${STAMP}`)).toEqual({ rows: ROWS + 3, check: 'ok' });
    expect(beside(file).filter((name) => name.startsWith('-'))).toEqual([]);
  });

  test('is not kept from it by what a person left beside either of them', async ({ target }) => {
    const { file } = target.database;
    const database = databaseActivities(target);
    leaveInLog(file, 3);
    await database.keep(STAMP, { verdict: 'damaged' });
    for (const suffix of ['-wal', '-shm', '-journal']) writeFileSync(`${file}${suffix}`, '');

    const { changed } = await database.putBack(STAMP);

    expect(changed).toBe(true);
    expect(seenIn(file)).toEqual({ rows: ROWS + 3, check: 'ok' });
  });

  test('is unkeep when nothing was swapped', async ({ target }) => {
    const { file } = target.database;
    const database = databaseActivities(target);
    await database.stage(await withOlderBackup(target), STAMP);
    await database.keep(STAMP, { verdict: 'sound' });

    await database.putBack(STAMP);

    expect(seenIn(file)).toEqual(OLD);
    expect(beside(file)).toEqual([`.staged-${STAMP}`]);
  });

  test('leaves nothing live when nothing was live before', async ({ target }) => {
    const { file } = target.database;
    await withOlderBackup(target);
    rmSync(file);
    await play(target, 'restore');

    const first = await databaseActivities(target).putBack(STAMP);
    const second = await databaseActivities(target).putBack(STAMP);

    expect([first.changed, second.changed]).toEqual([true, false]);
    expect(existsSync(file)).toBe(false);
    expect(seenIn(`${file}.undone-${STAMP}`)?.rows).toBe(ROWS);
  });

  test('refuses while the application runs', async ({ target, skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    const { database } = await restored(target);

    await whileWritten(target, 'WAL', async () => {
      await expect(database.putBack(STAMP)).rejects.toMatchObject({ type: 'DatabaseInUse' });
    });
  });
});

describe('where there are no hard links', () => {
  test('a recovery and its undo come to the same', async ({ target }) => {
    const { file } = target.database;
    await withOlderBackup(target);

    await playWithoutLinks(target, 'restore');
    const restoredNames = [seenIn(file)?.rows, ...beside(file)];
    await playWithoutLinks(target, 'putBack');

    expect(restoredNames).toEqual([ROWS, `.pre-${STAMP}`]);
    expect(seenIn(file)).toEqual(OLD);
    expect(beside(file)).toEqual([`.undone-${STAMP}`]);
  });

  test('an undo before the swap comes to the same', async ({ target }) => {
    await withOlderBackup(target);

    await playWithoutLinks(target, 'takeBack');

    expect(seenIn(target.database.file)).toEqual(OLD);
    expect(beside(target.database.file)).toEqual([]);
  });
});
