import type Database from 'better-sqlite3';
import { type Cell, typedCells } from '../dump/rows.ts';
import { identifier } from '../file/identifier.ts';
import type { Relation } from './relations.ts';

/**
 * A table or view as CSV, a row at a time (RFC 4180): a line of names, CR LF at the end of each line. NULL is nothing, an empty text
 * is `""`, a BLOB its hex digits. Each letter of a line is one byte (`latin1`), so that text which is no UTF-8 stays what it is.
 */
export function* csvOf(
  db: Database.Database,
  { name, columns = [] }: Pick<Relation, 'name' | 'columns'>,
): Generator<string> {
  yield line(columns.map((column) => ({ type: 'text', cell: column })));
  const rows = db.prepare(`select ${typedCells(db, columns)} from ${identifier(name)}`);
  for (const row of rows.safeIntegers().raw().iterate() as IterableIterator<Cell[]>)
    yield line(columns.map((_, at) => ({ type: String(row[at * 2]), cell: row[at * 2 + 1]! })));
}

interface Typed {
  readonly type: string;
  readonly cell: Cell;
}

function line(cells: readonly Typed[]): string {
  return `${cells.map(field).join(',')}\r\n`;
}

function field({ type, cell }: Typed): string {
  if (cell === null) return '';
  if (typeof cell === 'bigint') return cell.toString();
  if (typeof cell === 'number')
    return Number.isFinite(cell) ? String(cell) : cell > 0 ? 'Inf' : '-Inf';
  if (type === 'blob') return (cell as Buffer).toString('hex');
  const bytes = Buffer.isBuffer(cell) ? cell : Buffer.from(cell);
  const text = bytes.toString('latin1');
  const isPlain = text !== '' && !/[",\r\n]|^ | $/.test(text);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}
