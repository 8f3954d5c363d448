import type { SqliteDatabase } from '../../../config/schema/database.ts';
import { isSqlite, type Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import type { Plan } from '../plan/plan.ts';
import { migrationDirectory, readPlan } from '../plan/plan-file.ts';
import { openSource, type Source } from '../source/open-source.ts';
import { snapshotFile } from '../source/take-snapshot.ts';

/** The database that is migrated. Error: `NotApplicable`. */
export function sqliteOf(target: Target): SqliteDatabase {
  if (isSqlite(target)) return target.database;
  throw permanent(
    'NotApplicable',
    "Its database is one of PostgreSQL already, by the target's file",
  );
}

/** The plan that people have answered. Errors: `PlanUnanswered`, those of `readPlan`. */
export function planOf(target: Target): { readonly plan: Plan; readonly sha256: string } {
  const read = readPlan(target);
  if (read) return read;
  throw permanent('PlanUnanswered', 'There is no plan yet: rehearse first');
}

/** Lends the snapshot of a run. */
export async function withSource<Result>(
  target: Target,
  stamp: Stamp,
  use: (source: Source) => Promise<Result>,
): Promise<Result> {
  const source = openSource(snapshotFile(migrationDirectory(target), stamp));
  try {
    return await use(source);
  } finally {
    source.close();
  }
}
