import { lifecycleActivities } from '../../../../src/activities/lifecycle/lifecycle-activities.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';

export const NOBODY = 65_534;
export const DATABASE = 'Database file exists and is readable';
export const LOGS = 'Log directory has write permissions';

/** The line of the startup checklist that begins so. */
export async function line(target: SqliteTarget, start: string) {
  const { lines } = await lifecycleActivities(target).checkStartup();
  return lines.find((one) => one.line.startsWith(start))!;
}

/** Its application changes to a user who may do little: the worker itself may do all. */
export function asNobody(target: SqliteTarget): SqliteTarget {
  const command = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', 'true'];
  return { ...target, runtime: { ...target.runtime, command } as SqliteTarget['runtime'] };
}
