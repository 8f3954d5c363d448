import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { withDatabase } from './live-database.ts';

/** The name that the manuals' own backups have. */
export const UNMANAGED_COPY = 'demo_20260101_020000.db';

/** Puts a copy of the live database beside the backups, as somebody made it without us. Answers its full name. */
export function leaveUnmanagedCopy(
  target: Pick<SqliteTarget, 'database' | 'backups'>,
  name = UNMANAGED_COPY,
): string {
  const file = join(target.backups.directory, name);
  mkdirSync(target.backups.directory, { recursive: true });
  withDatabase(target, (db) => db.prepare('vacuum into ?').run(file), { readonly: false });
  return file;
}
