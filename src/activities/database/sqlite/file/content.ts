import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';

/** What a copy must have in common with its original. */
export interface Content {
  readonly pageSize: number;
  readonly pages: number;
  /** sha256 over the ordered `sqlite_schema`. */
  readonly schemaHash: string;
  /** Rows of every table. */
  readonly tables: Readonly<Record<string, number>>;
}

/** The first findings of quick_check in one line, or `ok`. It reads every page, but compares no index. */
export function quickCheck(db: Database.Database): string {
  // One finding is enough to judge by, and to read at night.
  return inOneLine(db.prepare('pragma quick_check(1)').pluck().get() as string);
}

/** The same of integrity_check, which compares every index with its table, and takes ten times as long. */
export function integrityCheck(db: Database.Database): string {
  return inOneLine(db.prepare('pragma integrity_check(1)').pluck().get() as string);
}

function inOneLine(finding: string): string {
  return finding
    .replace('*** in database main ***', '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
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

export function countOf(db: Database.Database, table: string): number {
  const quoted = `"${table.replaceAll('"', '""')}"`;
  return db.prepare(`select count(*) from ${quoted}`).pluck().get() as number;
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
