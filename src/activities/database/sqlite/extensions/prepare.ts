import type Database from 'better-sqlite3';

/** Makes known to a connection what the schema needs. */
export type Prepare = (db: Database.Database) => void;

/** With what SQLite knows by itself. */
export const asItIs: Prepare = () => {};
