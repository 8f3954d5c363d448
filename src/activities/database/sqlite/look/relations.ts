import type Database from 'better-sqlite3';
import { countOf } from '../file/content.ts';
import { expectReadable } from '../file/known-schema.ts';

/** What rows can be read from. */
export interface Relation {
  readonly name: string;
  readonly type: 'table' | 'view' | 'virtual';
  /** Names, in their order. Missing: it needs something of its application to be understood. */
  readonly columns?: readonly string[];
}

export interface Counted {
  readonly name: string;
  readonly rows: number;
  /** On disk, with its indexes. Missing: this build of SQLite does not tell. */
  readonly bytes?: number;
}

export interface SchemaPart {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string;
}

/** Tables and views by their names, without those that SQLite keeps for itself. */
export function relationsOf(db: Database.Database): Relation[] {
  expectReadable(db);
  const rows = db
    .prepare(
      `select name, case when type = 'table' and rootpage = 0 then 'virtual' else type end as type
       from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\'
       order by name`,
    )
    .all() as Relation[];
  return rows.map((row) => ({ ...row, ...columnsOf(db, row.name) }));
}

/** The schema's statements, in the order in which they were given: of one table or view with what belongs to it, or of all. */
export function schemaOf(db: Database.Database, table?: string): SchemaPart[] {
  expectReadable(db);
  const parts = db
    .prepare(
      `select type, name, tbl_name as "table", sql from sqlite_schema where sql is not null order by rowid`,
    )
    .all() as SchemaPart[];
  return table === undefined ? parts : parts.filter((part) => part.table === table);
}

/** Rows and bytes of each table: it reads all of the database, so give it a copy. */
export function countsOf(db: Database.Database): Counted[] {
  const tables = relationsOf(db).filter(({ type }) => type === 'table');
  const bytes = bytesOf(db);
  return tables.map(({ name }) => {
    const size = bytes?.get(name);
    return { name, rows: countOf(db, name), ...(size !== undefined && { bytes: size }) };
  });
}

function columnsOf(db: Database.Database, table: string): Pick<Relation, 'columns'> {
  try {
    const names = db
      .prepare('select name from pragma_table_xinfo(?) where hidden <> 1 order by cid')
      .pluck()
      .all(table) as string[];
    return { columns: names };
  } catch {
    return {};
  }
}

function bytesOf(db: Database.Database): Map<string, number> | undefined {
  try {
    const rows = db
      .prepare(
        `select part.tbl_name, sum(pages.pgsize) from dbstat pages
         join sqlite_schema part on part.name = pages.name where pages.aggregate = 1 group by 1`,
      )
      .raw()
      .all() as [string, number][];
    return new Map(rows);
  } catch {
    return undefined;
  }
}
