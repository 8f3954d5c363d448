import { renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { leaveInLog } from '../../database/support/database-files.ts';

/** Databases on which one of the manuals' commands fails, or that a simple copy would spoil. Each has the key table. */
export const strange: Readonly<Record<string, (file: string) => void>> = {
  'rows in the log only': (file) => {
    make(file);
    leaveInLog(file, 300);
  },
  'rollback journal': (file) => make(file, { journal: 'delete' }),
  'WITHOUT ROWID': (file) =>
    make(file, {
      sql: `create table bare (k text primary key, v blob) without rowid;
        insert into bare select hex(randomblob(8)), randomblob(50) from indicators`,
    }),
  'generated columns': (file) =>
    make(file, {
      sql: `create table made (a integer, b as (a * 2) stored, c as (a || 'x') virtual);
        insert into made (a) select id from indicators; create index on_made on made (c)`,
    }),
  FTS5: (file) =>
    make(file, {
      sql: `create virtual table search using fts5(words);
        insert into search select region || ' words' from indicators`,
    }),
  triggers: (file) =>
    make(file, {
      sql: `create table log (note text);
        create trigger told after insert on indicators begin insert into log values (new.region); end;
        insert into indicators (region, value) values ('told', 1)`,
    }),
  'foreign keys': (file) =>
    make(file, {
      sql: `pragma foreign_keys = on;
        create table child (of integer references indicators(id) on delete cascade);
        insert into child select id from indicators`,
    }),
  'views, and names that need quotes': (file) =>
    make(file, {
      sql: `create table "a ""table"" – ü" ("select" text);
        insert into "a ""table"" – ü" values ('x'); create view seen as select * from indicators`,
    }),
  'free pages and auto_vacuum': (file) =>
    make(file, {
      first: 'pragma auto_vacuum = incremental',
      sql: `delete from indicators where id % 2`,
    }),
  'UTF-16': (file) => make(file, { first: `pragma encoding = 'UTF-16le'` }),
  'user_version and application_id': (file) =>
    make(file, { sql: 'pragma user_version = 42; pragma application_id = 7' }),
  'behind a symbolic link': (file) => {
    make(file);
    const real = join(dirname(file), 'the real one.db');
    renameSync(file, real);
    symlinkSync(real, file);
  },
  ...Object.fromEntries(
    [512, 1024, 2048, 8192, 16_384, 32_768, 65_536].map((size) => [
      `pages of ${size} bytes`,
      (file: string) => make(file, { first: `pragma page_size = ${size}` }),
    ]),
  ),
};

interface Recipe {
  readonly journal?: 'wal' | 'delete';
  readonly first?: string;
  readonly sql?: string;
}

function make(file: string, { journal = 'wal', first = '', sql = '' }: Recipe = {}): void {
  const db = new Database(file);
  db.exec(first);
  db.pragma(`journal_mode = ${journal}`);
  db.exec(`create table indicators (id integer primary key, region text, value real);
    create index by_region on indicators (region);
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 400)
    insert into indicators (region, value) select 'region ' || (i % 7), i / 3.0 from n`);
  db.exec(sql);
  db.close();
}

/** Everything that a reader can see, without regard to where it lies in the file. */
export function contentOf(file: string): unknown {
  const db = new Database(file, { fileMustExist: true });
  try {
    const schema = db.prepare('select type, name, sql from sqlite_schema order by 1, 2').all();
    const tables = db
      .prepare(`select name from sqlite_schema where type in ('table', 'view') order by name`)
      .pluck()
      .all() as string[];
    const rows = tables.map((name) => {
      const all = db
        .prepare(`select * from "${name.replaceAll('"', '""')}"`)
        .raw()
        .all();
      return [name, all.map((row) => JSON.stringify(row)).toSorted()];
    });
    const pragmas = ['encoding', 'user_version', 'application_id', 'page_size', 'journal_mode'];
    return {
      schema,
      rows,
      pragmas: pragmas.map((name) => db.pragma(name, { simple: true })),
      check: db.pragma('integrity_check', { simple: true }),
    };
  } finally {
    db.close();
  }
}

/** Grows a database beyond 1 GiB, where SQLite leaves out the page that locks lie on. The file has holes. */
export function growBeyondLockPage(file: string): void {
  const db = new Database(file);
  db.pragma('journal_mode = delete');
  db.pragma('synchronous = off');
  db.exec('create table large (content blob)');
  const insert = db.prepare('insert into large values (zeroblob(?))');
  db.transaction(() => {
    for (let count = 0; count < 11; count += 1) insert.run(100_000_000);
  })();
  db.exec(`create table behind as select id, region from indicators`);
  db.close();
}
