import type Database from 'better-sqlite3';
import { isForeignSchema } from './errors.ts';

/**
 * Lets a connection that only reads go on with what it understands of a schema: otherwise one statement of a later SQLite keeps it from
 * every table.
 */
export function readKnownSchema(db: Database.Database): void {
  db.unsafeMode(true);
  db.pragma('writable_schema = on');
}

/** The same where it is needed, and only there. */
export function expectReadable(db: Database.Database): void {
  try {
    db.prepare('select 1 from sqlite_schema').get();
  } catch (error) {
    if (!isForeignSchema(error)) throw error;
    readKnownSchema(db);
  }
}
