import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import { ROWS, test } from '../../support/target.ts';
import { beside, leaveHotJournal, leaveInLog, seenIn } from './support/database-files.ts';
import { NEWER, refusal, withOlderBackup } from './support/fixtures.ts';
import { whileOpened, whileWritten } from './support/processes.ts';
import { play, STAMP } from './support/scenarios.ts';

const OLD = { rows: ROWS + NEWER, check: 'ok' };
const PRE = `.pre-${STAMP}`;

describe('database.keep', () => {
  test('checkpoints the log of a sound database, so that one file is the whole of it', async ({
    target,
  }) => {
    const { file } = target.database;
    leaveInLog(file, 9);

    const kept = await databaseActivities(target).keep(STAMP, { verdict: 'sound' });

    expect(kept).toEqual({ file: `${file}${PRE}`, changed: true });
    expect(beside(file)).toEqual([PRE]);
    expect(seenIn(kept.file!)).toEqual({ rows: ROWS + 9, check: 'ok' });
  });

  test('rolls the hot journal of a sound database back', async ({ target }) => {
    const { file } = target.database;
    leaveHotJournal(file);

    await databaseActivities(target).keep(STAMP, { verdict: 'sound' });

    expect(beside(file)).toEqual([PRE]);
    expect(seenIn(`${file}${PRE}`)).toEqual({ rows: ROWS, check: 'ok' });
  });

  test('moves the files of a database that is not sound as they lie there, never opening them', async ({
    target,
  }) => {
    const { file } = target.database;
    leaveInLog(file, 9);
    const log = readFileSync(`${file}-wal`);
    const main = readFileSync(file);

    await databaseActivities(target).keep(STAMP, { verdict: 'damaged' });

    expect(beside(file)).toEqual([PRE, `${PRE}-shm`, `${PRE}-wal`]);
    expect(readFileSync(`${file}${PRE}-wal`)).toEqual(log);
    expect(readFileSync(`${file}${PRE}`)).toEqual(main);
  });

  test('keeps what turns out not to be sound after all', async ({ target }) => {
    const { file } = target.database;
    writeFileSync(file, 'no database '.repeat(1000));
    writeFileSync(`${file}-journal`, 'left');

    await databaseActivities(target).keep(STAMP, { verdict: 'sound' });

    expect(beside(file)).toEqual([PRE]);
    expect(readFileSync(`${file}${PRE}`, 'utf8')).toBe('no database '.repeat(1000));
  });

  test('keeps 0 bytes, a directory, and sidecars without a main file', async ({ target }) => {
    const { file } = target.database;
    const database = databaseActivities(target);
    const keepAndForget = async () => {
      const kept = await database.keep(STAMP, { verdict: 'damaged' });
      const names = beside(file);
      for (const name of names) rmSync(file + name, { recursive: true });
      return { kept, names };
    };

    truncateSync(file);
    const empty = await keepAndForget();
    rmSync(file);
    mkdirSync(file);
    const directory = await keepAndForget();
    writeFileSync(`${file}-wal`, 'left');
    const orphans = await keepAndForget();
    const none = await keepAndForget();

    expect(empty).toEqual({ kept: { file: `${file}${PRE}`, changed: true }, names: [PRE] });
    expect(directory.names).toEqual([PRE]);
    expect(orphans.names).toEqual([`${PRE}-wal`]);
    expect(none).toEqual({ kept: { changed: false }, names: [] });
  });

  test('answers a second call with what it kept, also after the swap', async ({ target }) => {
    const { file } = target.database;
    const database = databaseActivities(target);
    const staged = await database.stage(await withOlderBackup(target), STAMP);
    await database.keep(STAMP, { verdict: 'sound' });

    const second = await database.keep(STAMP, { verdict: 'sound' });
    await database.swap(staged);
    leaveInLog(file, 1);
    const third = await database.keep(STAMP, { verdict: 'sound' });

    expect(second).toEqual({ file: `${file}${PRE}`, changed: false });
    expect(third).toEqual(second);
    expect(beside(file)).toEqual([PRE, '-shm', '-wal'].toSorted());
    expect(seenIn(`${file}${PRE}`)).toEqual(OLD);
  });

  test('refuses while a process has the database open, and names it', async ({ target, skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc');

    await whileWritten(target, 'WAL', async (pid) => {
      for (const verdict of ['sound', 'damaged', 'unclear'] as const) {
        const refused = await refusal(databaseActivities(target).keep(STAMP, { verdict }));
        expect(refused.message).toMatch(
          new RegExp(`^Process ${pid} \\(\\S+\\) has ".*app.db" open$`),
        );
        expect(refused).toMatchObject({ type: 'DatabaseInUse', nonRetryable: false });
      }
    });

    expect(existsSync(`${target.database.file}${PRE}`)).toBe(false);
  });

  test('refuses while a process has only a sidecar open', async ({ target, skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    leaveInLog(target.database.file, 1);

    await whileOpened(`${target.database.file}-wal`, async (pid) => {
      const refused = await refusal(databaseActivities(target).keep(STAMP, { verdict: 'damaged' }));
      expect(refused.message).toMatch(`Process ${pid} (sh) has`);
    });
  });
});

describe('database.unkeep', () => {
  test('puts the sidecars back and drops the second name, once', async ({ target }) => {
    const { file } = target.database;
    const database = databaseActivities(target);
    leaveInLog(file, 9);
    await database.keep(STAMP, { verdict: 'damaged' });

    const first = await database.unkeep(STAMP);
    const second = await database.unkeep(STAMP);

    expect([first.changed, second.changed]).toEqual([true, false]);
    expect(beside(file)).toEqual(['-shm', '-wal']);
    expect(seenIn(file)).toEqual({ rows: ROWS + 9, check: 'ok' });
  });

  test('does nothing once the restored copy is live', async ({ target }) => {
    const { file } = target.database;
    await withOlderBackup(target);
    await play(target, 'restore');

    expect(await databaseActivities(target).unkeep(STAMP)).toEqual({ changed: false });
    expect(seenIn(file)?.rows).toBe(ROWS);
    expect(seenIn(`${file}${PRE}`)).toEqual(OLD);
  });
});
