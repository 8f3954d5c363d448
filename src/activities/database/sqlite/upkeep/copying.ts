import { DatabaseSync } from 'node:sqlite';
import Database from 'better-sqlite3';
import { passing } from '../../../../os/failure.ts';
import { isUnable } from '../file/errors.ts';
import { openExclusive } from '../file/exclusive.ts';
import { BUSY_TIMEOUT } from '../file/in-place.ts';
import { readLive } from '../file/read-live.ts';

type Row = Readonly<Record<string, unknown>>;

/** A database that nobody else can read or write to, of which a compact copy is made. */
export interface Exclusive {
  vacuumInto(file: string): void;
  rows(sql: string): Row[];
  close(): void;
}

export function exclusively(file: string): Exclusive {
  const db = openExclusive(file);
  return {
    vacuumInto: (copy) => db.prepare('vacuum into ?').run(copy),
    rows: (sql) => db.prepare(sql).all() as Row[],
    close: () => db.close(),
  };
}

/**
 * The same by Node's own build of SQLite, which can be told to take "text" in double quotes for text, as the build of its application
 * does. Ours cannot. Never open the file by the one while the other has it: to close it drops every lock of this process.
 */
export function exclusivelyWithText(file: string): Exclusive {
  const db = new DatabaseSync(file, {
    enableDoubleQuotedStringLiterals: true,
    enableForeignKeyConstraints: false,
    timeout: BUSY_TIMEOUT,
  });
  try {
    // In this locking mode the lock outlives the transaction that took it.
    db.exec('pragma locking_mode = exclusive; begin exclusive; commit');
  } catch (error) {
    db.close();
    if (/database is locked/.test((error as Error).message))
      throw passing('DatabaseInUse', `Somebody has "${file}" open`);
    throw error;
  }
  return {
    vacuumInto: (copy) => void sqliteErrors(() => db.prepare('vacuum into ?').run(copy)),
    rows: (sql) => sqliteErrors(() => db.prepare(sql).all()),
    close: () => db.close(),
  };
}

/** What the schema needs of its application, so that no copy can be made without it: text. */
export function whyNotCopied(live: string): string | undefined {
  let statements: readonly (string | null)[];
  try {
    statements = readLive(live, statementsOf);
  } catch (error) {
    if (isUnable(error)) return (error as Error).message;
    throw error;
  }
  const db = new DatabaseSync(':memory:', { enableDoubleQuotedStringLiterals: true });
  try {
    for (const sql of statements)
      try {
        if (sql !== null) db.exec(sql);
      } catch (error) {
        const { message } = error as Error;
        if (/^(no such (function|collation sequence)|unknown function)/.test(message))
          return message;
      }
    return undefined;
  } finally {
    db.close();
  }
}

function statementsOf(db: Database.Database): (string | null)[] {
  const sql = `select sql from sqlite_schema where type in ('table', 'index') and rootpage > 0`;
  return db.prepare(sql).pluck().all() as (string | null)[];
}

/** Speaks of them as our own build does: by SQLite's name of the code. */
function sqliteErrors<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const { errcode, message } = error as Error & { readonly errcode?: number };
    const code = errcode === undefined ? undefined : CODES[errcode & 0xff];
    throw code === undefined ? error : new Database.SqliteError(message, code);
  }
}

/** Those that something follows from: https://sqlite.org/rescode.html */
const CODES: Readonly<Record<number, string>> = {
  1: 'SQLITE_ERROR',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  26: 'SQLITE_NOTADB',
};
