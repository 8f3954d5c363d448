import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { sqliteActivities } from '../../../src/activities/sqlite.ts';
import type { Target } from '../../../src/config/target.ts';
import { ROWS, test } from '../../support/target.ts';
import { NEWER, refusal, whileWritten, withOlderBackup } from '../sqlite-support/fixtures.ts';
import { playWithoutLinks } from '../sqlite-support/play-killed.ts';
import { play, STAMP } from '../sqlite-support/scenarios.ts';
import {
  addRows,
  beside,
  damagePages,
  leaveHotJournal,
  leaveInLog,
  seenIn,
} from '../sqlite-support/sets.ts';

const OLD = { rows: ROWS + NEWER, check: 'ok' };
const PRE = `.pre-${STAMP}`;

describe('sqlite.keep', () => {
  test('folds the log of a sound set in, so that one file is the whole of it', async ({
    target,
  }) => {
    const { file } = target.database;
    leaveInLog(file, 9);

    const kept = await sqliteActivities(target).keep(STAMP, { sound: true });

    expect(kept).toEqual({ file: `${file}${PRE}`, changed: true });
    expect(beside(file)).toEqual([PRE]);
    expect(seenIn(kept.file!)).toEqual({ rows: ROWS + 9, check: 'ok' });
  });

  test('rolls the hot journal of a sound set back', async ({ target }) => {
    const { file } = target.database;
    leaveHotJournal(file);

    await sqliteActivities(target).keep(STAMP, { sound: true });

    expect(beside(file)).toEqual([PRE]);
    expect(seenIn(`${file}${PRE}`)).toEqual({ rows: ROWS, check: 'ok' });
  });

  test('moves a set that is not sound as it lies there, never opening it', async ({ target }) => {
    const { file } = target.database;
    leaveInLog(file, 9);
    const log = readFileSync(`${file}-wal`);
    const main = readFileSync(file);

    await sqliteActivities(target).keep(STAMP, { sound: false });

    expect(beside(file)).toEqual([PRE, `${PRE}-shm`, `${PRE}-wal`]);
    expect(readFileSync(`${file}${PRE}-wal`)).toEqual(log);
    expect(readFileSync(`${file}${PRE}`)).toEqual(main);
  });

  test('keeps what turns out not to be sound after all', async ({ target }) => {
    const { file } = target.database;
    writeFileSync(file, 'no database '.repeat(1000));
    writeFileSync(`${file}-journal`, 'left');

    await sqliteActivities(target).keep(STAMP, { sound: true });

    expect(beside(file)).toEqual([PRE]);
    expect(readFileSync(`${file}${PRE}`, 'utf8')).toBe('no database '.repeat(1000));
  });

  test('keeps 0 bytes, a directory, and sidecars without a main file', async ({ target }) => {
    const { file } = target.database;
    const sqlite = sqliteActivities(target);
    const keepAndForget = async () => {
      const kept = await sqlite.keep(STAMP, { sound: false });
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
    const sqlite = sqliteActivities(target);
    const staged = await sqlite.stage(await withOlderBackup(target), STAMP);
    await sqlite.keep(STAMP, { sound: true });

    const second = await sqlite.keep(STAMP, { sound: true });
    await sqlite.swap(staged);
    leaveInLog(file, 1);
    const third = await sqlite.keep(STAMP, { sound: true });

    expect(second).toEqual({ file: `${file}${PRE}`, changed: false });
    expect(third).toEqual(second);
    expect(beside(file)).toEqual([PRE, '-shm', '-wal'].toSorted());
    expect(seenIn(`${file}${PRE}`)).toEqual(OLD);
  });

  test('refuses while a process has the database open, and names it', async ({ target, skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc');

    await whileWritten(target, 'WAL', async (pid) => {
      for (const sound of [true, false]) {
        const refused = await refusal(sqliteActivities(target).keep(STAMP, { sound }));
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
    const holder = spawn('tail', ['-f', `${target.database.file}-wal`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));

    const refused = await refusal(sqliteActivities(target).keep(STAMP, { sound: false }));

    expect(refused.message).toMatch(`Process ${holder.pid} (tail) has`);
    holder.kill('SIGKILL');
  });
});

describe('sqlite.unkeep', () => {
  test('puts the sidecars back and drops the second name, once', async ({ target }) => {
    const { file } = target.database;
    const sqlite = sqliteActivities(target);
    leaveInLog(file, 9);
    await sqlite.keep(STAMP, { sound: false });

    const first = await sqlite.unkeep(STAMP);
    const second = await sqlite.unkeep(STAMP);

    expect([first.changed, second.changed]).toEqual([true, false]);
    expect(beside(file)).toEqual(['-shm', '-wal']);
    expect(seenIn(file)).toEqual({ rows: ROWS + 9, check: 'ok' });
  });

  test('does nothing once the restored copy is live', async ({ target }) => {
    const { file } = target.database;
    await withOlderBackup(target);
    await play(target, 'restore');

    expect(await sqliteActivities(target).unkeep(STAMP)).toEqual({ changed: false });
    expect(seenIn(file)?.rows).toBe(ROWS);
    expect(seenIn(`${file}${PRE}`)).toEqual(OLD);
  });
});

describe('sqlite.swap', () => {
  test('restores once: a second call leaves the rows written since', async ({ target }) => {
    const { file } = target.database;
    const sqlite = sqliteActivities(target);
    const staged = await sqlite.stage(await withOlderBackup(target), STAMP);
    await sqlite.keep(STAMP, { sound: true });

    const first = await sqlite.swap(staged);
    addRows(file, 3);
    const second = await whileWritten(target, 'WAL', () => sqlite.swap(staged));

    expect([first.changed, second.changed]).toEqual([true, false]);
    expect(await sqlite.isLive(staged)).toBe(true);
    expect(seenIn(file)!.rows).toBeGreaterThan(ROWS + 2);
  });

  for (const sidecar of ['-wal', '-shm', '-journal']) {
    test(`refuses beside a stale ${sidecar}`, async ({ target }) => {
      const sqlite = sqliteActivities(target);
      const staged = await sqlite.stage(await withOlderBackup(target), STAMP);
      await sqlite.keep(STAMP, { sound: true });
      writeFileSync(`${target.database.file}${sidecar}`, '');

      const refused = await refusal(sqlite.swap(staged));

      expect(refused).toMatchObject({ type: 'StaleSidecar', nonRetryable: true });
      expect(await sqlite.isLive(staged)).toBe(false);
    });
  }

  test('refuses when the staged copy is gone, or another file has its name', async ({ target }) => {
    const sqlite = sqliteActivities(target);
    const staged = await sqlite.stage(await withOlderBackup(target), STAMP);
    renameSync(staged.file, `${staged.file}.elsewhere`);
    await expect(sqlite.swap(staged)).rejects.toMatchObject({ type: 'StagedMissing' });
    writeFileSync(staged.file, 'another');

    await expect(sqlite.swap(staged)).rejects.toMatchObject({ type: 'StagedMissing' });
    expect(seenIn(target.database.file)).toEqual(OLD);
  });

  test('refuses while a process has the live file open', async ({ target, skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    const sqlite = sqliteActivities(target);
    const staged = await sqlite.stage(await withOlderBackup(target), STAMP);

    await whileWritten(target, 'DELETE', async () => {
      await expect(sqlite.swap(staged)).rejects.toMatchObject({ type: 'DatabaseInUse' });
    });
  });

  test('replaces the real file of a symbolic link, and leaves the link', async ({
    target,
    directory,
  }) => {
    const { file } = target.database;
    await withOlderBackup(target);
    mkdirSync(join(directory, 'data'));
    renameSync(file, join(directory, 'data', 'real.db'));
    symlinkSync(join('data', 'real.db'), file);

    await play(target, 'restore');

    expect(seenIn(join(directory, 'data', 'real.db'))?.rows).toBe(ROWS);
    expect(seenIn(file)?.rows).toBe(ROWS);
    expect(beside(join(directory, 'data', 'real.db'))).toEqual([PRE]);
  });
});

describe('sqlite.expectLive', () => {
  test('proves the live file and leaves nothing beside it', async ({ target }) => {
    const { staged, sqlite } = await restored(target);

    const live = await sqlite.expectLive(staged);

    expect(live).toEqual({ rows: ROWS, integrity: 'ok', sha256: staged.sha256 });
    expect(beside(target.database.file)).toEqual([PRE]);
  });

  test('names what differs: a byte, the file, the rows, a sidecar', async ({ target }) => {
    const { file } = target.database;
    const { staged, sqlite } = await restored(target);
    const differs = (words: RegExp, expected = staged) =>
      expect(sqlite.expectLive(expected)).rejects.toMatchObject({
        type: 'RestoredDiffers',
        nonRetryable: true,
        message: expect.stringMatching(words),
      });

    await differs(/rows in indicators 500, expected 1$/, { ...staged, rows: 1 });
    await differs(/file \d+, expected 1$/, { ...staged, inode: '1' });
    writeFileSync(`${file}-journal`, '');
    await differs(/found ".*app.db-journal"/);
    rmSync(`${file}-journal`);
    damagePages(file);
    await differs(/sha256 \w+, expected \w+/);
  });
});

describe('sqlite.putBack', () => {
  test('brings the old rows back and keeps those written to the restored set', async ({
    target,
  }) => {
    const { file } = target.database;
    const { sqlite } = await restored(target);
    leaveInLog(file, 3);

    const first = await sqlite.putBack(STAMP);
    const second = await sqlite.putBack(STAMP);

    expect([first.changed, second.changed]).toEqual([true, false]);
    expect(seenIn(file)).toEqual(OLD);
    expect(seenIn(`${file}.undone-${STAMP}`)).toEqual({ rows: ROWS + 3, check: 'ok' });
    expect(beside(file).filter((name) => name.startsWith('-'))).toEqual([]);
  });

  test('is unkeep when nothing was swapped', async ({ target }) => {
    const { file } = target.database;
    const sqlite = sqliteActivities(target);
    await sqlite.stage(await withOlderBackup(target), STAMP);
    await sqlite.keep(STAMP, { sound: true });

    await sqlite.putBack(STAMP);

    expect(seenIn(file)).toEqual(OLD);
    expect(beside(file)).toEqual([`.staged-${STAMP}`]);
  });

  test('leaves nothing live when nothing was live before', async ({ target }) => {
    const { file } = target.database;
    await withOlderBackup(target);
    rmSync(file);
    await play(target, 'restore');

    const first = await sqliteActivities(target).putBack(STAMP);
    const second = await sqliteActivities(target).putBack(STAMP);

    expect([first.changed, second.changed]).toEqual([true, false]);
    expect(existsSync(file)).toBe(false);
    expect(seenIn(`${file}.undone-${STAMP}`)?.rows).toBe(ROWS);
  });

  test('refuses while the application runs', async ({ target, skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    const { sqlite } = await restored(target);

    await whileWritten(target, 'WAL', async () => {
      await expect(sqlite.putBack(STAMP)).rejects.toMatchObject({ type: 'DatabaseInUse' });
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

    expect(restoredNames).toEqual([ROWS, PRE]);
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

async function restored(target: Target) {
  const sqlite = sqliteActivities(target);
  const staged = await sqlite.stage(await withOlderBackup(target), STAMP);
  await sqlite.keep(STAMP, { sound: true });
  await sqlite.swap(staged);
  return { staged, sqlite };
}
