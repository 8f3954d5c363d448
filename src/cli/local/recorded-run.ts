import { readRunReports } from '../../activities/records/run-reports.ts';
import { outermost } from '../../config/run-id.ts';
import { readTargets } from '../../config/load/load.ts';
import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';
import type { ReportedRun } from '../../report/run/reported-run.ts';
import { targetFor } from '../input/target-for.ts';

/** The newest report that a run whose id has `part` in it wrote beside its target: the one named, or any that is described here. */
export function recordedRun(part: string, target: string | undefined): ReportedRun | undefined {
  const all = places(target).flatMap((place) => readRunReports(place, part));
  const meant = outermost(all.map(({ run }) => run));
  const [newest] = all
    .filter(({ run }) => meant.includes(run))
    .toSorted((one, other) => other.startedAt.localeCompare(one.startedAt));
  return newest;
}

/** Who names no target did not ask for one: that there is none to read is no fault then. */
function places(target: string | undefined): readonly Target[] {
  if (target !== undefined) return [targetFor(target)];
  try {
    return readTargets().targets;
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}
