import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { identifier } from '../file/identifier.ts';

export type Cell = null | number | bigint | string | Buffer;

/** The columns that hold something of their own: not those that are generated. */
export function columnsOf(db: Database.Database, table: string): string[] {
  return db
    .prepare('select name from pragma_table_xinfo(?) where hidden = 0 order by cid')
    .pluck()
    .all(table) as string[];
}

/**
 * Every row of a table in the order in which it lies there, as type and value by turns. Text comes as its bytes: what is not
 * UTF-8, or holds a NUL, would otherwise change on the way.
 */
export function rowsOf(db: Database.Database, table: string): IterableIterator<Cell[]> {
  const select = `select ${typedCells(db, columnsOf(db, table))} from ${identifier(table)}`;
  const rows = db.prepare(`${select} not indexed`);
  return rows.safeIntegers().raw().iterate() as IterableIterator<Cell[]>;
}

/** What to select: the type and the value of each column by turns, text as its bytes. */
export function typedCells(db: Database.Database, columns: readonly string[]): string {
  const isUtf8 = db.pragma('encoding', { simple: true }) === 'UTF-8';
  return columns
    .map(identifier)
    .flatMap((column) => [
      `typeof(${column})`,
      isUtf8
        ? `case typeof(${column}) when 'text' then cast(${column} as blob) else ${column} end`
        : column,
    ])
    .join(', ');
}

/** The same for two tables only when each value of the one is that of the other, and of the same type. */
export function rowsHashOf(db: Database.Database, table: string): string {
  const hash = createHash('sha256');
  for (const row of rowsOf(db, table))
    for (const cell of row) {
      const bytes = bytesOf(cell);
      hash.update(`${bytes.length} `).update(bytes);
    }
  return hash.digest('hex');
}

function bytesOf(cell: Cell): Buffer {
  if (Buffer.isBuffer(cell)) return cell;
  if (typeof cell !== 'number') return Buffer.from(String(cell));
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(cell);
  return bytes;
}
