import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { ROWS, test } from '../../support/target.ts';
import { addRows, beside, damagePages, leaveInLog, seenIn } from './support/database-files.ts';
import { NEWER, refusal, restored, withOlderBackup } from './support/fixtures.ts';
import { whileOpened, whileRunning, whileWritten } from './support/processes.ts';
import { play, STAMP } from './support/scenarios.ts';

const OLD = { rows: ROWS + NEWER, check: 'ok' };
const PRE = `.pre-${STAMP}`;

/** What a `sqlite3` leaves that was ended with -9, or has no right to end well; and what it leaves in other journal modes. */
const LEFTOVERS = [
  ['an empty log', { '-wal': 0 }],
  ['an index alone', { '-shm': 32_768 }],
  ['a log of a header only, and its index', { '-wal': 32, '-shm': 32_768 }],
  ['an empty journal', { '-journal': 0 }],
  ['a journal that is done with', { '-journal': 4096 }],
] as const;

function leave(file: string, sizes: Readonly<Record<string, number>>): void {
  for (const [suffix, size] of Object.entries(sizes))
    writeFileSync(`${file}${suffix}`, Buffer.alloc(size));
}

/** As a person's `sqlite3` that is ended with -9 in the middle of a transaction, after one that was committed. */
async function killWriter({ database }: SqliteTarget, journal: 'WAL' | 'DELETE'): Promise<void> {
  const script = `import Database from '${import.meta.resolve('better-sqlite3')}';
    const db = new Database('${database.file}');
    db.pragma('journal_mode = ${journal}');
    db.pragma('cache_size = 5');
    if ('${journal}' === 'WAL') db.exec("insert into indicators (region) values ('committed')");
    db.exec('begin; delete from indicators where id % 2');
    db.exec("with n as (select 1 as i union all select i + 1 from n where i < 5000) insert into indicators (region) select 'x' from n");
    process.stdout.write('written');
    setInterval(() => db.open, 1000);`;
  await whileRunning(process.execPath, ['--input-type=module', '-e', script], async () => {});
}

/** A recovery right before its swap. */
async function staging(target: SqliteTarget) {
  const database = databaseActivities(target);
  const staged = await database.stage(await withOlderBackup(target), STAMP);
  await database.keep(STAMP, { verdict: 'sound' });
  return { database, staged };
}

describe('database.swap', () => {
  test('takes no copy of the proven file for it, and says so: not that it is gone', async ({
    target,
  }) => {
    const { database, staged } = await staging(target);
    copyFileSync(staged.file, `${staged.file}-moved`);
    renameSync(`${staged.file}-moved`, staged.file);

    expect(await refusal(database.swap(staged))).toMatchObject({
      type: 'StagedMissing',
      message: expect.stringMatching(/is another file than the one that was proven.*undo/),
    });
  });

  test('restores once: a second call leaves the rows written since', async ({ target }) => {
    const { file } = target.database;
    const database = databaseActivities(target);
    const staged = await database.stage(await withOlderBackup(target), STAMP);
    await database.keep(STAMP, { verdict: 'sound' });

    const first = await database.swap(staged);
    addRows(file, 3);
    const second = await whileWritten(target, 'WAL', () => database.swap(staged));

    expect([first.changed, second.changed]).toEqual([true, false]);
    expect(await database.isLive(staged)).toBe(true);
    expect(seenIn(file)!.rows).toBeGreaterThan(ROWS + 2);
  });

  for (const [what, leftovers] of LEFTOVERS)
    test(`clears away ${what} that a person left beside the kept database`, async ({ target }) => {
      const { file } = target.database;
      const { database, staged } = await staging(target);
      leave(file, leftovers);

      const swapped = await database.swap(staged);

      expect(swapped.changed).toBe(true);
      expect(beside(file)).toEqual([PRE]);
      expect(seenIn(file)).toEqual({ rows: ROWS, check: 'ok' });
    });

  test('keeps a log with rows with the database that they were written to, and says so', async ({
    target,
  }) => {
    const { file } = target.database;
    const { database, staged } = await staging(target);
    await killWriter(target, 'WAL');

    const { note } = await database.swap(staged);

    expect(note).toContain(
      `Somebody wrote to the database after it was kept: "app.db-wal" is kept with it, as "${file}${PRE}-wal"`,
    );
    expect(beside(file)).toEqual([PRE, `${PRE}-wal`]);
    expect(seenIn(file)).toEqual({ rows: ROWS, check: 'ok' });
    expect(seenIn(`${file}${PRE}`)!.rows).toBeGreaterThan(ROWS + NEWER);
    expect(seenIn(`${file}${PRE}`)!.check).toBe('ok');
  });

  test('keeps a hot journal with the database that it brings back', async ({ target }) => {
    const { file } = target.database;
    const { database, staged } = await staging(target);
    await killWriter(target, 'DELETE');

    await database.swap(staged);

    expect(beside(file)).toEqual([PRE, `${PRE}-journal`]);
    expect(seenIn(file)).toEqual({ rows: ROWS, check: 'ok' });
    expect(seenIn(`${file}${PRE}`)).toEqual(OLD);
  });

  test('refuses a log with rows that has no database to go with', async ({ target }) => {
    const { file } = target.database;
    const { database, staged } = await staging(target);
    leaveInLog(file, 3);
    rmSync(`${file}${PRE}`);

    const refused = await refusal(database.swap(staged));

    expect(refused).toMatchObject({ type: 'StaleSidecar', nonRetryable: true });
    expect(await database.isLive(staged)).toBe(false);
  });

  test('names a person who has the kept database open, and waits for nobody', async ({
    target,
    skip,
  }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    const { database, staged } = await staging(target);

    await whileWritten(target, 'WAL', async (pid) => {
      const refused = await refusal(database.swap(staged));
      expect(refused).toMatchObject({ type: 'DatabaseInUse', nonRetryable: false });
      expect(refused.message).toContain(`Process ${pid} (node) has`);
    });
  });

  test('refuses when the staged copy is gone, or another file has its name', async ({ target }) => {
    const database = databaseActivities(target);
    const staged = await database.stage(await withOlderBackup(target), STAMP);
    renameSync(staged.file, `${staged.file}.elsewhere`);
    await expect(database.swap(staged)).rejects.toMatchObject({ type: 'StagedMissing' });
    writeFileSync(staged.file, 'another');

    await expect(database.swap(staged)).rejects.toMatchObject({ type: 'StagedMissing' });
    expect(seenIn(target.database.file)).toEqual(OLD);
  });

  test('refuses while a process has the live file open', async ({ target, skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    const database = databaseActivities(target);
    const staged = await database.stage(await withOlderBackup(target), STAMP);

    await whileWritten(target, 'DELETE', async () => {
      await expect(database.swap(staged)).rejects.toMatchObject({ type: 'DatabaseInUse' });
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

describe('database.expectLive', () => {
  test('proves the live file and leaves nothing beside it', async ({ target }) => {
    const { staged, database } = await restored(target);

    const live = await database.expectLive(staged);

    expect(live).toEqual({ rows: ROWS, integrity: 'ok', sha256: staged.sha256 });
    expect(beside(target.database.file)).toEqual([PRE]);
  });

  for (const [what, leftovers] of LEFTOVERS)
    test(`passes over ${what} that a person left`, async ({ target }) => {
      const { staged, database } = await restored(target);
      leave(target.database.file, leftovers);

      expect(await database.expectLive(staged)).toMatchObject({ rows: ROWS, integrity: 'ok' });
    });

  test('names a person who has it open', async ({ target, skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    const { staged, database } = await restored(target);
    leave(target.database.file, { '-wal': 0 });

    await whileOpened(`${target.database.file}-wal`, async (pid) => {
      const refused = await refusal(database.expectLive(staged));
      expect(refused).toMatchObject({ type: 'DatabaseInUse', nonRetryable: false });
      expect(refused.message).toContain(`Process ${pid} (sh) has`);
    });
  });

  test('names what differs: a byte, the file, the rows, the journal mode, a sidecar', async ({
    target,
  }) => {
    const { file } = target.database;
    const { staged, database } = await restored(target);
    const differs = (text: RegExp, expected = staged) =>
      expect(database.expectLive(expected)).rejects.toMatchObject({
        type: 'RestoredDiffers',
        nonRetryable: true,
        message: expect.stringMatching(text),
      });

    await differs(/rows in indicators 500, expected 1$/, { ...staged, rows: 1 });
    await differs(/file \d+, expected 1$/, { ...staged, inode: '1' });
    await differs(/journal mode wal, expected delete$/, { ...staged, journalMode: 'delete' });
    writeFileSync(`${file}-journal`, 'a journal');
    await differs(/found ".*app.db-journal"/);
    rmSync(`${file}-journal`);
    damagePages(file);
    await differs(/sha256 \w+, expected \w+/);
  });
});
