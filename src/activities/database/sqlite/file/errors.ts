import Database from 'better-sqlite3';

/** Somebody else holds a lock: waiting may help. */
export function isLocked(error: unknown): boolean {
  return hasCode(error, /^SQLITE_(BUSY|LOCKED)/);
}

/** The file's content is not what SQLite wrote: waiting never helps. */
export function isDamage(error: unknown): boolean {
  return hasCode(error, /^SQLITE_(CORRUPT|NOTADB|FORMAT)/);
}

/** A reader cannot open it as it lies there: a journal must be rolled back first. */
export function needsRollback(error: unknown): boolean {
  return hasCode(error, /^SQLITE_(READONLY|CANTOPEN)/);
}

function hasCode(error: unknown, pattern: RegExp): boolean {
  return error instanceof Database.SqliteError && pattern.test(error.code);
}
