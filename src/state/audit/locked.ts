import { join } from 'node:path';
import Database, { SqliteError } from 'better-sqlite3';

/** So long one process waits for the line of another one. */
const TIMEOUT = 60_000;
/** Between two looks. SQLite's own pauses grow to much more than a line takes. */
const PAUSE = 3;

/**
 * One after the other: a line says what it comes after. The lock of a dead process is free.
 *
 * Whoever looks for a lock in pauses would hardly meet the moment between two lines of a process that writes many. So the one who waits for
 * it holds the turn meanwhile, which that process needs for its next line.
 */
export function withAuditLocked<Result>(state: string, work: () => Result): Result {
  const end = performance.now() + TIMEOUT;
  const turn = lock(join(state, 'audit.turn'), end);
  let db: Database.Database;
  try {
    db = lock(join(state, 'audit.lock'), end);
  } finally {
    turn.close();
  }
  try {
    return work();
  } finally {
    // Nothing was written into it.
    db.close();
  }
}

function lock(file: string, end: number): Database.Database {
  const db = new Database(file, { timeout: 0 });
  try {
    while (!begins(db, end)) Atomics.wait(clock, 0, 0, PAUSE);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

const clock = new Int32Array(new SharedArrayBuffer(4));

function begins(db: Database.Database, end: number): boolean {
  try {
    db.exec('begin exclusive');
    return true;
  } catch (error) {
    const isBusy = error instanceof SqliteError && error.code === 'SQLITE_BUSY';
    if (isBusy && performance.now() < end) return false;
    throw error;
  }
}
