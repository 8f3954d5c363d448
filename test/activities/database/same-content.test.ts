import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import { expectSameContent } from '../../../src/activities/database/sqlite/upkeep/same-content.ts';
import { test } from '../../support/target.ts';
import { STAMP } from './support/scenarios.ts';

/** Makes a database of a kind, with gaps in it. */
const kinds: Readonly<Record<string, string>> = {
  'a table without a primary key': `create table notes (text);
    insert into notes select 'note ' || value from generate; delete from notes where rowid % 3 = 0`,
  'WITHOUT ROWID': `create table notes (key text primary key, text) without rowid;
    insert into notes select 'key ' || value, value from generate; delete from notes where key like '%7'`,
  'generated columns': `create table notes (a, twice as (a * 2) stored, more as (a + 1));
    create index by_more on notes (more);
    insert into notes (a) select value from generate; delete from notes where a % 5 = 0`,
  'full-text search': `create virtual table notes using fts5 (text);
    insert into notes select 'word ' || value from generate; delete from notes where rowid % 2 = 0`,
  'triggers and foreign keys': `create table parents (id integer primary key autoincrement, text);
    create table children (parent references parents on delete cascade);
    create trigger born after insert on parents begin insert into children values (new.id); end;
    insert into parents (text) select value from generate; delete from parents where id > 300`,
  'user version, application id': `pragma user_version = 7; pragma application_id = 99`,
};

const GENERATE = `create temp table generate as
  with recursive numbers (value) as (select 1 union all select value + 1 from numbers where value < 500)
  select value from numbers;`;

/** Every row of every table, with its rowid where it has one. */
function contentOf(file: string): unknown {
  const db = new Database(file, { readonly: true });
  try {
    const tables = db
      .prepare(`select name, wr from pragma_table_list where schema = 'main' and type <> 'view'`)
      .all() as { name: string; wr: number }[];
    const rows = tables
      .filter(({ name }) => name !== 'sqlite_schema')
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .map(({ name, wr }) => [
        name,
        db
          .prepare(`select ${wr ? '' : 'rowid, '}* from "${name}"`)
          .raw()
          .all(),
      ]);
    const settings = ['user_version', 'application_id', 'auto_vacuum', 'page_size', 'encoding'];
    return [rows, settings.map((name) => db.pragma(name, { simple: true }))];
  } finally {
    db.close();
  }
}

describe('a compact copy', () => {
  for (const [kind, sql] of Object.entries(kinds))
    test(`has every row and rowid of a database with ${kind}`, async ({ target }) => {
      const { file } = target.database;
      const db = new Database(file);
      db.exec(`${GENERATE} ${sql}`);
      db.close();
      const before = contentOf(file);

      await databaseActivities(target).compact(STAMP);

      expect(contentOf(file)).toEqual(before);
    });

  for (const settings of [
    'page_size = 512',
    'page_size = 65536',
    'auto_vacuum = full',
    'auto_vacuum = incremental',
    'encoding = "UTF-16le"',
  ])
    test(`keeps ${settings}`, async ({ target, directory }) => {
      const file = `${directory}/other.db`;
      const db = new Database(file);
      db.pragma(settings);
      db.pragma('journal_mode = wal');
      db.exec(`${GENERATE} create table indicators as select * from generate`);
      db.close();
      const before = contentOf(file);

      await databaseActivities({ ...target, database: { ...target.database, file } }).compact(
        STAMP,
      );

      expect(contentOf(file)).toEqual(before);
    });
});

describe('expectSameContent', () => {
  const differences: Readonly<Record<string, string>> = {
    'rows of "indicators"': 'delete from indicators where id = 3',
    'rows of "loose"': 'update loose set rowid = 1000 where rowid = 1',
    schema: 'drop index by_region',
    user_version: 'pragma user_version = 3',
  };
  for (const [what, sql] of Object.entries(differences))
    test(`tells a copy that differs in ${what}`, ({ target, directory }) => {
      const { file } = target.database;
      const original = new Database(file);
      original.exec("create table loose (text); insert into loose values ('one'), ('two')");
      const copy = `${directory}/copy.db`;
      original.prepare('vacuum into ?').run(copy);
      expectSameContent({ rows: (sql) => original.prepare(sql).all() as never }, copy);
      const other = new Database(copy);
      other.exec(sql);
      other.close();

      expect(() =>
        expectSameContent({ rows: (sql) => original.prepare(sql).all() as never }, copy),
      ).toThrow(`is no true copy: ${what}`);
      original.close();
    });
});
