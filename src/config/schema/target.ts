import type { z } from 'zod';
import type { PostgresDatabase, SqliteDatabase } from './database.ts';
import { danglingNames } from './references.ts';
import { Sections } from './sections.ts';

export { App } from './app.ts';
export { Runtime } from './runtime.ts';

/**
 * One system under care, as its YAML file says it: an application, its database, cache, logs and backups, and the
 * policy of its runbooks. Paths are absolute once it is loaded. "A" and "B" in comments are the two manuals
 * whose figures stand in `targets/ahgd.yaml` and `targets/analytics-hub.yaml`.
 */
export const Target = Sections.superRefine(
  (target, context) => {
    for (const dangling of danglingNames(target)) context.addIssue({ code: 'custom', ...dangling });
  },
  // Also beside other faults: a person wants to hear of all at once.
  { when: () => true },
);
export type Target = z.infer<typeof Target>;

/** One whose database is a file of SQLite. */
export type SqliteTarget = Target & { readonly database: SqliteDatabase };
/** One whose database is on a PostgreSQL server. */
export type PostgresTarget = Target & { readonly database: PostgresDatabase };

export function isSqlite<Of extends Pick<Target, 'database'>>(
  target: Of,
): target is Of & { readonly database: SqliteDatabase } {
  return target.database.kind === 'sqlite';
}

export function isPostgres<Of extends Pick<Target, 'database'>>(
  target: Of,
): target is Of & { readonly database: PostgresDatabase } {
  return target.database.kind === 'postgres';
}
