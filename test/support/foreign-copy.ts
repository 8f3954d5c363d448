import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Target } from '../../src/config/target.ts';

/** The name that the manuals' own backups have. */
export const FOREIGN_COPY = 'demo_20260101_020000.db';

/** Puts a copy of the live database beside the backups, as somebody made it without us. Answers its full name. */
export function leaveForeignCopy(
  { database, backups }: Pick<Target, 'database' | 'backups'>,
  name = FOREIGN_COPY,
): string {
  const file = join(backups.directory, name);
  mkdirSync(backups.directory, { recursive: true });
  const db = new Database(database.file, { timeout: 5000 });
  db.prepare('vacuum into ?').run(file);
  db.close();
  return file;
}
