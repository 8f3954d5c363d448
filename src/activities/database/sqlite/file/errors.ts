import Database from 'better-sqlite3';
import { type Meaning, meaningOf } from './error-codes.ts';

/** Somebody else holds a lock: waiting may help. */
export function isLocked(error: unknown): boolean {
  return whatItMeans(error) === 'locked';
}

/** The file's content is not what SQLite wrote, or cannot be read: waiting never helps. */
export function isDamage(error: unknown): boolean {
  return whatItMeans(error) === 'damaged';
}

/** A reader cannot open it as it lies there: a journal must be rolled back first. */
export function needsRollback(error: unknown): boolean {
  return whatItMeans(error) === 'rollback';
}

/** SQLite cannot do it here, and that says nothing of the file: a function of the application is not known, for one. */
export function isUnable(error: unknown): boolean {
  return whatItMeans(error) === 'unable';
}

/** Of an error of SQLite, whichever library threw it. Undefined: it comes from elsewhere. */
export function whatItMeans(error: unknown): Meaning | undefined {
  if (!(error instanceof Database.SqliteError)) return undefined;
  if (isForeignSchema(error)) return 'unable';
  return meaningOf(error.code);
}

/**
 * SQLite calls a schema corrupt that it cannot parse. A syntax that it does not know is that of another version or build, and so is what
 * exceeds its limits: only other complaints, such as a root page out of range, prove damage.
 */
export function isForeignSchema(error: unknown): boolean {
  if (!(error instanceof Database.SqliteError)) return false;
  const { code, message } = error;
  return (
    code.startsWith('SQLITE_CORRUPT') &&
    /^malformed database schema \(.*\) - (near ".*": syntax error|unrecognized token|unknown |no such |unsupported |too many |Expression tree is too large|.* prohibited in )/s.test(
      message,
    )
  );
}
