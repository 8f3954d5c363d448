import { readdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import type { IndexSpec } from '../../../src/activities/database/index-results.ts';
import { adviseIndex } from '../../../src/activities/database/sqlite/indexes/advise-index.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { sha256Of } from '../../../src/os/files/sha256.ts';
import { test } from '../../support/target.ts';
import { refusal } from './support/fixtures.ts';

const INDEX: IndexSpec = {
  name: 'idx_tenant_year',
  table: 'sales',
  columns: ['tenant_id', 'year'],
};

const slow = (...statements: string[]) =>
  statements.map((sql) => ({ sql, times: 20, milliseconds: 300 }));

/** B's kind of table: tenants and years, and no index. */
function fillSales({ database }: SqliteTarget, rows = 60_000): void {
  const db = new Database(database.file);
  db.exec(`create table sales (id integer primary key, tenant_id text, year integer, value real);
    insert into sales (tenant_id, year, value)
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rows})
    select 'tenant ' || (i % 211), 2000 + i % 25, i / 7.0 from n`);
  db.pragma('wal_checkpoint(truncate)');
  db.close();
}

function indexes({ database }: SqliteTarget): unknown[] {
  const db = new Database(database.file, { readonly: true });
  try {
    return db.prepare(`select name from sqlite_schema where type = 'index'`).pluck().all();
  } finally {
    db.close();
  }
}

describe('database.adviseIndex', () => {
  test('proves equality columns and then a range on a copy, and leaves the live file as it is', async ({
    target,
  }) => {
    fillSales(target);
    const before = sha256Of(target.database.file);

    const { best, statements, note } = await databaseActivities(target).adviseIndex(
      slow('select * from sales where year > ? and tenant_id = ?'),
    );

    expect(statements).toMatchObject([{ plan: 'SCAN sales', milliseconds: expect.any(Number) }]);
    expect(best?.index).toMatchObject({ table: 'sales', columns: ['tenant_id', 'year'] });
    expect(best!.after).toBeLessThan(best!.before / 2);
    expect(best!.bytes).toBeGreaterThan(500_000);
    expect(best!.inserts).toMatchObject({ rows: 10_000 });
    expect(best!.inserts!.after).toBeGreaterThan(0);
    expect(note).toMatch(
      /^Index runbook_sales_tenant_id_year on sales .* helps 1 of 1 statement: /,
    );
    expect(sha256Of(target.database.file)).toBe(before);
    expect(readdirSync(target.state)).toEqual([]);
  });

  test('takes the one that people have named for the same columns', async ({ target }) => {
    fillSales(target);
    target.database.indexes = [{ ...INDEX, columns: [...INDEX.columns] }];

    const { best } = await databaseActivities(target).adviseIndex(
      slow('select sum(value) from sales s where s.tenant_id = ? and s.year = 2004'),
    );

    expect(best).toMatchObject({ from: 'target', index: INDEX });
  });

  test('proposes none where none is used, and says why one that was named cannot be', async ({
    target,
  }) => {
    fillSales(target, 5000);
    target.database.indexes = [
      { name: 'idx_gone', table: 'orders', columns: ['day'] },
      { name: 'idx_typo', table: 'sales', columns: ['tenant', 'year'] },
    ];

    const { best, notes } = await databaseActivities(target).adviseIndex(
      slow(
        'select count(*), sum(value) from sales',
        'select * from sales where lower(tenant_id) = ?',
      ),
    );

    expect(best).toBeUndefined();
    expect(notes).toEqual(
      expect.arrayContaining([
        'Cannot make index "idx_gone": there is no table "orders"',
        'Cannot make index "idx_typo": table "sales" has no column "tenant"',
      ]),
    );
  });

  test('runs nothing of a log but single statements that only read', async ({ target }) => {
    fillSales(target, 5000);
    const hostile = [
      'select 1; drop table sales',
      'with x as (select 1) insert into sales (year) select 1 from x returning id',
      "select load_extension('/tmp/x.so')",
      "select writefile('/tmp/x', 'y')",
      'select randomblob(900000000)',
      'select * from nowhere where a = ?',
    ];

    const { statements } = await databaseActivities(target).adviseIndex(
      slow(...hostile, 'select * from sales where year = ?'),
    );

    expect(statements.map(({ refused }) => refused !== undefined)).toEqual([
      ...hostile.map(() => true),
      false,
    ]);
  });

  test('ends one that sorts more than its memory, and fills no disk for it', async ({ target }) => {
    fillSales(target, 5000);
    const sorts = `with recursive n(i) as (select 1 union all select i + 1 from n where i < 9000000)
      select i, hex(zeroblob(100)) from n order by -i`.replaceAll(/\s+/g, ' ');

    const { best, statements } = await databaseActivities(target).adviseIndex(
      slow(sorts, 'select * from sales where tenant_id = ? and year = ?'),
    );

    expect(statements.find(({ sql }) => sql === sorts)?.refused).toBe(
      'It needs more memory than statements of a log are given',
    );
    expect(best?.index.table).toBe('sales');
  });

  test('tells no value of a row when a statement fails', async ({ target }) => {
    const db = new Database(target.database.file);
    db.exec(`create virtual table notes using fts5(body);
      create table words (word);
      insert into words values ('Eve : x')`);
    db.close();

    const { statements } = await databaseActivities(target).adviseIndex(
      slow('select * from words join notes on notes match word'),
    );

    expect(statements).toMatchObject([{ refused: 'SQLite ends it with SQLITE_ERROR' }]);
    expect(JSON.stringify(statements)).not.toContain('Eve');
  });

  test('proposes one whose collation the existing one has not', async ({ target }) => {
    fillSales(target);
    const db = new Database(target.database.file);
    db.exec(`create index by_tenant on sales (tenant_id collate nocase, year);
      create index some on sales (tenant_id, year) where year > 2020`);
    db.close();

    const { best, notes } = await databaseActivities(target).adviseIndex(
      slow('select * from sales where tenant_id = ? and year = ?'),
    );

    expect(notes.join()).not.toContain('is not needed');
    expect(best?.index.columns).toEqual(['tenant_id', 'year']);
  });

  test('finds that an index of more columns is there already', async ({ target }) => {
    fillSales(target, 5000);
    const db = new Database(target.database.file);
    db.exec('create index "all" on sales (TENANT_ID, year desc, value)');
    db.close();
    target.database.indexes = [{ ...INDEX, columns: [...INDEX.columns] }];

    const { best, notes } = await databaseActivities(target).adviseIndex(
      slow('select * from sales where tenant_id = ? and year = ?'),
    );

    expect(best).toBeUndefined();
    expect(notes).toContain('Index "idx_tenant_year" is not needed: "all" has its columns');
  });

  test('goes on without a statement that does not end', async ({ target }) => {
    fillSales(target, 20_000);
    const endless =
      'with recursive n(i) as (select 1 union all select i + 1 from n) select sum(i) from n';

    const { best, statements } = await adviseIndex(
      target,
      slow(endless, 'select * from sales where tenant_id = ? and year = ?'),
      3000,
    );

    expect(best?.index.table).toBe('sales');
    expect(statements.find(({ sql }) => sql === endless)?.refused).toMatch(
      /^It did not end within 3 s/,
    );
    expect(readdirSync(target.state)).toEqual([]);
  });
});

describe('database.createIndex', () => {
  test('makes it once, and its undo takes it away and no other of its name', async ({ target }) => {
    fillSales(target, 1000);
    const database = databaseActivities(target);

    const first = await database.createIndex(INDEX);
    const again = await database.createIndex(INDEX);

    expect([first.changed, again.changed]).toEqual([true, false]);
    expect(indexes(target)).toContain('idx_tenant_year');
    const other = { ...INDEX, columns: ['year'] };
    expect(await refusal(database.createIndex(other))).toMatchObject({ type: 'IndexExists' });
    expect(await database.dropIndex(other)).toEqual({ changed: false });
    expect(indexes(target)).toContain('idx_tenant_year');

    expect(await database.dropIndex(INDEX)).toEqual({ changed: true });
    expect(await database.dropIndex(INDEX)).toEqual({ changed: false });
    expect(indexes(target)).toEqual(['by_region']);
  });

  test('takes no index for its own that has another collation, or is of some rows only', async ({
    target,
  }) => {
    fillSales(target, 1000);
    const database = databaseActivities(target);
    const columns = ['tenant_id collate nocase, year', 'tenant_id, year) where (year > 2020'];

    for (const of of columns) {
      const db = new Database(target.database.file);
      db.exec(
        `drop index if exists idx_tenant_year; create index idx_tenant_year on sales (${of})`,
      );
      db.close();

      expect(await database.hasIndex(INDEX)).toBe(true);
      expect(await refusal(database.createIndex(INDEX))).toMatchObject({ type: 'IndexExists' });
      expect(await database.dropIndex(INDEX)).toEqual({ changed: false });
    }
  });
});
