import Database from 'better-sqlite3';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { LOCK_TIMEOUT } from './timeouts.ts';

/** What `use` finds in the database that the application works on. */
export function withDatabase<Result>(
  { database }: Pick<SqliteTarget, 'database'>,
  use: (db: Database.Database) => Result,
  { readonly = true } = {},
): Result {
  const db = new Database(database.file, { readonly, fileMustExist: true, timeout: LOCK_TIMEOUT });
  try {
    return use(db);
  } finally {
    db.close();
  }
}
