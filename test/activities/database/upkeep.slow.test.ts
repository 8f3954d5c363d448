import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { countRows, ROWS, test } from '../../support/target.ts';
import { addRows, beside, damagePages, leaveHotJournal } from './support/database-files.ts';
import { backUp, refusal } from './support/fixtures.ts';
import { systemsOf } from './support/scenarios.ts';
import { makeWasteful, pragmaOf } from './support/wasteful.ts';
import { whileCounted } from './support/while-counted.ts';

function withPolicy(
  target: SqliteTarget,
  policy: Partial<SqliteTarget['database']['maintenance']>,
): SqliteTarget {
  const maintenance = { ...target.database.maintenance, ...policy };
  return { ...target, database: { ...target.database, maintenance } };
}

describe('database.measure', () => {
  test('tells sizes and the free share, and leaves nothing beside the file', async ({ target }) => {
    const { file } = target.database;
    makeWasteful(file, { pages: 100 });

    const size = await databaseActivities(target).measure();

    expect(size).toMatchObject({
      bytes: statSync(file).size,
      logBytes: 0,
      pageSize: 4096,
      pages: statSync(file).size / 4096,
      autoVacuum: 'none',
      journalMode: 'wal',
      wasteful: true,
    });
    expect(size.freePages).toBe(pragmaOf(file, 'freelist_count'));
    expect(size.note).toMatch(/^0\.\d MiB, 9\d\.\d % of it free, log 0\.0 MiB$/);
    expect(beside(file)).toEqual([]);
  });

  test('counts as wasteful only what is above the policy', async ({ target }) => {
    makeWasteful(target.database.file, { pages: 100 });

    const size = await databaseActivities(withPolicy(target, { compactAbove: '95%' })).measure();

    expect(size.wasteful).toBe(false);
  });

  test('refuses what must be rolled back first', async ({ target }) => {
    leaveHotJournal(target.database.file);

    const refused = await refusal(databaseActivities(target).measure());

    expect(refused).toMatchObject({ type: 'RollbackNeeded', nonRetryable: true });
    expect(beside(target.database.file)).toEqual(['-journal']);
  });
});

describe('database.reclaim', () => {
  for (const journal of ['wal', 'delete'])
    test(`gives free pages back, and costs a writer no row, in mode ${journal}`, async ({
      target,
    }) => {
      const { file } = target.database;
      makeWasteful(file, { pages: 600, autoVacuum: 'incremental' });
      pragmaOf(file, `journal_mode = ${journal}`);
      const before = statSync(file).size;

      const { result, counted } = await whileCounted(target, () =>
        databaseActivities(target).reclaim(),
      );

      expect(result.changed).toBe(true);
      expect(result.pages).toBeGreaterThan(590);
      expect(result.pieces).toBeGreaterThan(3);
      expect(counted.acknowledged).toBeGreaterThan(10);
      expect(countRows(file)).toBe(ROWS + counted.acknowledged);
      expect(statSync(file).size).toBeLessThan(before / 2);
      expect(pragmaOf(file, 'integrity_check')).toBe('ok');
    });

  test('changes nothing where pages cannot be given back', async ({ target }) => {
    makeWasteful(target.database.file, { pages: 50 });
    const before = statSync(target.database.file).size;

    const { pages, changed } = await databaseActivities(target).reclaim();

    expect({ pages, changed }).toEqual({ pages: 0, changed: false });
    expect(statSync(target.database.file).size).toBe(before);
  });
});

describe('database.analyse', () => {
  test('tells the planner of every indexed table, beside a writer', async ({ target }) => {
    const { file } = target.database;

    const { result, counted } = await whileCounted(target, () =>
      databaseActivities(target).analyse(),
    );

    const db = new Database(file);
    const known = db.prepare('select tbl, idx from sqlite_stat1').all();
    db.close();
    expect(result.tables).toBe(1);
    expect(known).toEqual([{ tbl: 'indicators', idx: 'by_region' }]);
    expect(countRows(file)).toBe(ROWS + counted.acknowledged);
  });
});

describe('database.checkpoint', () => {
  const small = { logAbove: '1KB' } as const;

  test('cuts a log above the policy beside a writer, and loses no row', async ({ target }) => {
    const { file } = target.database;
    const before = { log: 0 };
    const holder = new Database(file);
    holder.pragma('wal_autocheckpoint = 0');
    holder.exec('begin; insert into indicators (region) values (zeroblob(900000)); commit');
    before.log = statSync(`${file}-wal`).size;

    const { result, counted } = await whileCounted(target, () =>
      databaseActivities(withPolicy(target, small)).checkpoint(),
    );

    holder.close();
    expect(before.log).toBeGreaterThan(900_000);
    expect(result.before).toBeGreaterThanOrEqual(before.log);
    expect(result.changed).toBe(true);
    expect(result.after).toBeLessThan(100_000);
    expect(countRows(file)).toBe(ROWS + 1 + counted.acknowledged);
  });

  test('leaves a log below the policy, and one that somebody reads from', async ({ target }) => {
    const { file } = target.database;
    const reader = new Database(file);
    addRows(file, 1);
    reader.exec('begin; select count(*) from indicators');
    reader.prepare('select count(*) from indicators').get();
    addRows(file, 10);

    const below = await databaseActivities(target).checkpoint();
    const held = await databaseActivities(withPolicy(target, small)).checkpoint();

    reader.close();
    expect([below.changed, held.changed]).toEqual([false, false]);
    expect(held.note).toMatch(/stays: somebody uses it all the time$/);
  });
});

describe('database.expectSound', () => {
  test('names the checks that ran', async ({ target }) => {
    const { file } = target.database;
    const inWal = await databaseActivities(target).expectSound();
    pragmaOf(file, 'journal_mode = delete');

    const inDelete = await databaseActivities(target).expectSound();

    expect(inWal.checks).toEqual(['quick_check', 'integrity_check']);
    expect(inDelete.checks).toEqual(['quick_check']);
    expect(beside(file)).toEqual([]);
  });

  test('refuses damaged pages, and an index that misses rows', async ({ target }) => {
    const { file } = target.database;
    dropFromIndex(file);

    const index = await refusal(databaseActivities(target).expectSound());
    damagePages(file);
    const pages = await refusal(databaseActivities(target).expectSound());

    expect(index).toMatchObject({ type: 'DatabaseDamaged', nonRetryable: true });
    expect(index.message).toMatch(
      /integrity_check says .*index by_region.*: start database-recovery$/,
    );
    expect(pages).toMatchObject({ type: 'DatabaseDamaged', nonRetryable: true });
  });
});

/** Changes a row while the schema does not show the index, which keeps what was there. Its number of entries is right. */
function dropFromIndex(file: string): void {
  const db = new Database(file);
  db.unsafeMode();
  db.pragma('writable_schema = on');
  const schema = "sqlite_schema where name = 'by_region'";
  db.exec(`create table hidden as select * from ${schema}; delete from ${schema}`);
  db.pragma('writable_schema = reset');
  db.exec("update indicators set region = 'missing' where id = 5");
  db.pragma('writable_schema = on');
  db.exec('insert into sqlite_schema select * from hidden');
  db.pragma('writable_schema = reset');
  db.exec('drop table hidden');
  db.close();
}

describe('backups.expectBackedUp', () => {
  test('demands a backup, and a recent one', async ({ target }) => {
    const none = await refusal(systemsOf(target).backups.expectBackedUp());
    const backup = await backUp(target);

    const found = await systemsOf(target).backups.expectBackedUp();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const old = await refusal(
      systemsOf(withPolicy(target, { backupWithin: '1ms' })).backups.expectBackedUp(),
    );

    expect(none.type).toBe('BackupNotFound');
    expect(found.id).toBe(backup.id);
    expect(old).toMatchObject({ type: 'BackupTooOld', nonRetryable: true });
  });
});
