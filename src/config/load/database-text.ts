import type { AnyDatabase } from '../schema/database.ts';

/** How people call a database: its file, or its name on a server. Where the whole URL is a secret, by the secret's name. */
export function databaseText(database: AnyDatabase): string {
  if (database.kind === 'sqlite') return database.file;
  const { url, host, port } = database;
  if (url !== undefined) return `PostgreSQL by ${url}`;
  return `${database.database} (PostgreSQL, ${host.startsWith('/') ? `${host}, port ${port}` : `${host}:${port}`})`;
}

/** The file of a database that is one. None: a server has it. */
export function databaseFiles(database: AnyDatabase): string[] {
  return database.kind === 'sqlite' ? [database.file] : [];
}
