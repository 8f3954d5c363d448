import Database from 'better-sqlite3';
import type { Target } from '../../src/config/target.ts';

/**
 * SQLite asks for a lock ten times a second only, so one who writes without a pause on a busy disk keeps others
 * out for seconds in rollback mode (seen: 4.4 s, with commits of 0.4 s).
 */
const PATIENCE = 60_000;

/** What `use` finds in the database that the application works on. */
export function withDatabase<Result>(
  { database }: Pick<Target, 'database'>,
  use: (db: Database.Database) => Result,
  { readonly = true } = {},
): Result {
  const db = new Database(database.file, { readonly, fileMustExist: true, timeout: PATIENCE });
  try {
    return use(db);
  } finally {
    db.close();
  }
}
