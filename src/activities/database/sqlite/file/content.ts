import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { isForeignSchema, isUnable } from './errors.ts';
import { readKnownSchema } from './known-schema.ts';
import { identifier } from './identifier.ts';

/** What a copy must have in common with its original. */
export interface Content {
  readonly pageSize: number;
  readonly pages: number;
  /** sha256 over the ordered `sqlite_schema`. */
  readonly schemaHash: string;
  /** Rows of every table. */
  readonly tables: Readonly<Record<string, number>>;
}

export function tablesOf(db: Database.Database, keyTable: string): Record<string, number> {
  // Only what has pages of its own: a virtual table would need its module, its shadow tables do not.
  const names = db
    .prepare(
      `select name from sqlite_schema
       where type = 'table' and rootpage > 0 and name not like 'sqlite\\_%' escape '\\' order by name`,
    )
    .pluck()
    .all() as string[];
  return Object.fromEntries([...names, keyTable].map((name) => [name, countOf(db, name)]));
}

/**
 * How many rows it has. An index of a collation or a function that is not known here is not asked; and a table that is such an
 * index itself, because it has no rowid, is counted by its pages.
 */
export function countOf(db: Database.Database, table: string): number {
  const quoted = identifier(table);
  try {
    return numberFrom(`select count(*) from ${quoted}`);
  } catch (error) {
    if (isForeignSchema(error)) {
      readKnownSchema(db);
      return countOf(db, table);
    }
    if (!isUnable(error) || !hasPages(db, table)) throw error;
  }
  try {
    return numberFrom(`select count(*) from ${quoted} not indexed`);
  } catch (error) {
    if (!isUnable(error)) throw error;
    const isIndex = `(select wr from pragma_table_list where schema = 'main' and name = ?)`;
    return numberFrom(
      `select coalesce(sum(ncell), 0) from dbstat where name = ? and (pagetype = 'leaf' or ${isIndex})
       and pagetype <> 'overflow'`,
      table,
      table,
    );
  }

  function numberFrom(sql: string, ...values: string[]): number {
    return db
      .prepare(sql)
      .pluck()
      .get(...values) as number;
  }
}

function hasPages(db: Database.Database, table: string): boolean {
  return (
    db
      .prepare(
        `select 1 from sqlite_schema where type = 'table' and rootpage > 0 and name = ? collate nocase`,
      )
      .get(table) !== undefined
  );
}

export function schemaHashOf(db: Database.Database): string {
  const schema = db
    .prepare('select type, name, tbl_name, sql from sqlite_schema order by type, name')
    .raw()
    .all();
  return createHash('sha256').update(JSON.stringify(schema)).digest('hex');
}

export function shapeOf(db: Database.Database): Pick<Content, 'pageSize' | 'pages'> {
  return {
    pageSize: db.pragma('page_size', { simple: true }) as number,
    pages: db.pragma('page_count', { simple: true }) as number,
  };
}

/** The version of the library that reads and writes here. */
export function libraryVersion(): string {
  const db = new Database(':memory:');
  try {
    return db.prepare('select sqlite_version()').pluck().get() as string;
  } finally {
    db.close();
  }
}
