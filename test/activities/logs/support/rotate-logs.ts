import { logActivities } from '../../../../src/activities/logs/logs-activities.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';

/** What the runbook does to each log of a target. */
export async function rotateLogs(target: SqliteTarget, stamp: string): Promise<void> {
  const { rotate, prune, compress } = logActivities(target);
  for (const { file } of target.logs) {
    const all = [await rotate(file, stamp), await prune(file, stamp), await compress(file)];
    for (const { failed, note } of all) if (failed) throw new Error(note);
  }
}
