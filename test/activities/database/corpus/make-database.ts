import Database from 'better-sqlite3';

/** One real kind of database: what it is made of, besides a key table `indicators` of 20 rows. */
export interface Feature {
  /** Statements, run when the key table is there. */
  readonly sql?: string;
  /** Pragmas for a database that is still empty, such as its page size. */
  readonly first?: string;
  /** Anything else. */
  readonly make?: (db: Database.Database) => void;
  /** Pragmas that come last, such as its journal mode. */
  readonly last?: string;
  /** What of it cannot be judged without its application. */
  readonly unproven?: RegExp;
  /** The same of integrity_check, where quick_check passes. */
  readonly unprovenInFull?: RegExp;
  /** Why it cannot be dumped, or made compact, without its application. */
  readonly dump?: RegExp;
  readonly compact?: RegExp;
}

/** Replaces text of the schema, as an application with abilities of its own would have written it. */
export function rewrite(from: string, to: string) {
  return (db: Database.Database): void => {
    db.unsafeMode(true);
    db.pragma('writable_schema = on');
    const { changes } = db
      .prepare('update sqlite_schema set sql = replace(sql, ?, ?) where instr(sql, ?)')
      .run(from, to, from);
    if (changes === 0) throw new Error(`Nothing in the schema says "${from}"`);
    db.pragma('writable_schema = off');
  };
}

export function known(name: string, then: string) {
  return (db: Database.Database): void => {
    db.function(name, { deterministic: true }, (value) =>
      String(value).toLowerCase().replaceAll(' ', '-'),
    );
    db.exec(then);
  };
}

export function freed(): string {
  return `create table waste (b blob);
    with recursive n (i) as (select 1 union all select i + 1 from n where i < 60) insert into waste select zeroblob(3000) from n;
    delete from waste where rowid > 2;`;
}

/** Makes a database of one kind. Nobody has it open afterwards. */
export function makeDatabase(file: string, { first, sql, make, last }: Feature): void {
  const db = new Database(file);
  try {
    if (first) db.pragma(first);
    db.pragma('journal_mode = wal');
    db.exec(`create table indicators (id integer primary key, region text, value real);
      create index by_region on indicators (region)`);
    const insert = db.prepare('insert into indicators (region, value) values (?, ?)');
    for (let row = 0; row < 20; row += 1) insert.run(`region ${row % 7}`, row / 3);
    if (sql) db.exec(sql);
    make?.(db);
    if (last) db.pragma(last);
  } finally {
    db.close();
  }
}
