import type Database from 'better-sqlite3';
import type { IndexSpec } from '../../index-results.ts';
import { identifier } from '../file/identifier.ts';

/** The columns of a table, as its schema writes them. None: there is no such table. */
export function columnsOf(db: Database.Database, table: string): string[] {
  const sql = `select name from pragma_table_info(?) where exists
    (select 1 from sqlite_schema where type = 'table' and rootpage > 0 and name = ? collate nocase)`;
  return db.prepare(sql).pluck().all(table, table) as string[];
}

/** What an index of that name is made of. Undefined: there is none. */
export function indexNamed(db: Database.Database, name: string): IndexSpec | undefined {
  const sql = `select name, tbl_name as "table" from sqlite_schema where type = 'index' and name = ? collate nocase`;
  const found = db.prepare(sql).get(name) as { name: string; table: string } | undefined;
  if (!found) return undefined;
  const columns = db.prepare('select name from pragma_index_info(?)').pluck().all(found.name);
  return { ...found, columns: columns as string[] };
}

/** The index that finds rows by these columns already, if there is one. */
export function coveredBy(
  db: Database.Database,
  { table, columns }: IndexSpec,
): string | undefined {
  const names = db
    .prepare('select name from pragma_index_list(?) where partial = 0')
    .pluck()
    .all(table) as string[];
  return names.find((name) => {
    const those = indexNamed(db, name)?.columns ?? [];
    return (
      columns.every((column, place) => isSame(those[place], column)) &&
      serves(db, name, { table, columns })
    );
  });
}

/**
 * Whether SQLite finds rows by all of these columns in this index, compared as the table compares them: it finds none so in one of
 * another collation, or of some rows only.
 */
export function serves(
  db: Database.Database,
  index: string,
  { table, columns }: Pick<IndexSpec, 'table' | 'columns'>,
): boolean {
  const equal = columns.map((column) => `${identifier(column)} = ?`).join(' and ');
  try {
    const plan = db
      .prepare(
        `explain query plan select 1 from ${identifier(table)} indexed by ${identifier(index)} where ${equal}`,
      )
      .all(columns.map(() => '')) as { detail: string }[];
    const searched = `(${columns.map((column) => `${column}=?`).join(' AND ')})`.toLowerCase();
    return plan.some(({ detail }) => detail.toLowerCase().endsWith(searched));
  } catch {
    // "no query solution", or a collation that only its application has.
    return false;
  }
}

export function isSame(one: string | null | undefined, other: string): boolean {
  return typeof one === 'string' && one.toLowerCase() === other.toLowerCase();
}

export function isSameIndex(one: IndexSpec, other: IndexSpec): boolean {
  return (
    isSame(one.table, other.table) &&
    one.columns.length === other.columns.length &&
    one.columns.every((column, place) => isSame(other.columns[place], column))
  );
}

export function createText({ name, table, columns }: IndexSpec): string {
  return `create index if not exists ${identifier(name)} on ${identifier(table)} (${columns.map(identifier).join(', ')})`;
}

/** `year_region (year, region) on measurements`, for people. */
export function indexText({ name, table, columns }: IndexSpec): string {
  return `${name} on ${table} (${columns.join(', ')})`;
}
