import { isUtf8 } from 'node:buffer';
import Database from 'better-sqlite3';
import { real } from './real.ts';
import { identifier } from '../file/identifier.ts';
import { type Cell, columnsOf, rowsOf } from './rows.ts';
import { isVirtual, loadingCommandsFor } from './schema-needs.ts';
import { flattened, tokensOf } from './sql-tokens.ts';

interface Part {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

/**
 * A database as SQL text, a piece at a time: what `sqlite3 <file> .dump` prints, and the versions that its header carries.
 * Tables come first and filled, so that indexes are built once and triggers do not fire. At its top stands what a sqlite3 program must
 * be told before it loads it.
 */
export function* dumpOf(file: string): Generator<string> {
  const needs = loadingCommandsFor(file);
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    if (needs.length > 0)
      yield `-- A sqlite3 program of 3.41 or later loads this after: ${needs.join(', ')}\n`;
    yield 'PRAGMA foreign_keys=OFF;\n';
    const encoding = db.pragma('encoding', { simple: true });
    if (encoding !== 'UTF-8') yield `PRAGMA encoding='${String(encoding)}';\n`;
    yield 'BEGIN TRANSACTION;\n';
    for (const key of ['user_version', 'application_id'])
      yield `PRAGMA ${key}=${String(db.pragma(key, { simple: true }))};\n`;
    const parts = db
      .prepare(`select type, name, sql from sqlite_schema order by rowid`)
      .all() as Part[];
    const tables = parts.filter(({ type }) => type === 'table');
    for (const table of tables) yield* tableOf(db, table);
    for (const { sql, type } of parts) if (type !== 'table' && sql !== null) yield statement(sql);
    if (tables.some(isVirtual)) yield 'PRAGMA writable_schema=OFF;\n';
    yield 'COMMIT;\n';
  } finally {
    db.close();
  }
}

function* tableOf(db: Database.Database, table: Part): Generator<string> {
  const { name, sql } = table;
  if (isVirtual(table)) {
    // Its module would make its shadow tables anew: they come as tables of their own.
    yield 'PRAGMA writable_schema=ON;\n';
    yield `INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql) VALUES('table',${text(name)},${text(name)},0,${text(sql!)});\n`;
    return;
  }
  if (name === 'sqlite_sequence') yield 'DELETE FROM sqlite_sequence;\n';
  else if (name === 'sqlite_stat1') yield 'ANALYZE sqlite_schema;\n';
  // Not every build of SQLite has the finer statistics.
  else if (name.startsWith('sqlite_')) return;
  else yield statement(sql!);
  yield* insertsInto(db, name);
}

function* insertsInto(db: Database.Database, table: string): Generator<string> {
  const columns = columnsOf(db, table).map(identifier).join(',');
  for (const row of rowsOf(db, table)) {
    const values: string[] = [];
    for (let at = 0; at < row.length; at += 2)
      values.push(literal(row[at]!.toString(), row[at + 1]!));
    yield `INSERT INTO ${identifier(table)}(${columns}) VALUES(${values.join(',')});\n`;
  }
}

/**
 * Its `;` stands on a line of its own where a comment could swallow it. A comment that is never closed would swallow all that follows, and
 * a line of nothing but a slash, or of "go", is a `;` to the sqlite3 program: such a text goes without its comments and line ends.
 */
function statement(sql: string): string {
  const tokens = [...tokensOf(sql)];
  const isOpen = tokens.some(({ kind, open }) => open && kind === 'comment');
  if (isOpen || /^[ \t\f\r]*(\/|go)[ \t\f\r]*$/im.test(sql)) return `${flattened(sql)};\n`;
  return tokens.some(({ kind }) => kind === 'comment') ? `${sql}\n;\n` : `${sql};\n`;
}

function literal(type: string, cell: Cell): string {
  if (cell === null) return 'NULL';
  if (typeof cell === 'bigint') return cell.toString();
  if (typeof cell === 'number') return real(cell);
  if (typeof cell === 'string') return text(cell);
  const hex = `X'${cell.toString('hex')}'`;
  if (type !== 'text') return hex;
  return isUtf8(cell) && !cell.includes(0) ? text(cell.toString('utf8')) : `CAST(${hex} AS TEXT)`;
}

function text(value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  // The sqlite3 program drops what stands before the end of a line there.
  if (!quoted.includes('\r')) return quoted;
  let mark = '\\r';
  while (quoted.includes(mark)) mark += 'r';
  return `replace(${quoted.replaceAll('\r', mark)},'${mark}',char(13))`;
}
