import { join } from 'node:path';
import Database from 'better-sqlite3';

/** So long one process waits for the line of another one. */
const TIMEOUT_MILLISECONDS = 60_000;

/** One after the other: a line says what it comes after. The lock of a dead process is free. */
export function withAuditLocked<Result>(state: string, work: () => Result): Result {
  const db = new Database(join(state, 'audit.lock'), { timeout: TIMEOUT_MILLISECONDS });
  try {
    db.exec('begin exclusive');
    return work();
  } finally {
    // Nothing was written into it.
    db.close();
  }
}
