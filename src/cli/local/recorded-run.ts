import { readRunReports } from '../../activities/records/run-reports.ts';
import { outermost } from '../../config/run-id.ts';
import { readTargets } from '../../config/load/load.ts';
import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';
import { isForbidden } from '../../os/files/file-facts.ts';
import type { ReportedRun } from '../../report/run/reported-run.ts';
import { targetFor } from '../input/target-for.ts';
import { say } from '../output/say.ts';

/** The newest report that a run whose id has `part` in it wrote beside its target: the one named, or any that is described here. */
export function recordedRun(part: string, target: string | undefined): ReportedRun | undefined {
  const all = places(target).flatMap((place) =>
    target === undefined ? whatIsOpen(place, part) : readRunReports(place, part),
  );
  const meant = outermost(all.map(({ run }) => run));
  const [newest] = all
    .filter(({ run }) => meant.includes(run))
    .toSorted((one, other) => other.startedAt.localeCompare(one.startedAt));
  return newest;
}

/** What is closed to this user may be another target's: it is passed over, and said so. */
function whatIsOpen(place: Target, part: string): readonly ReportedRun[] {
  try {
    return readRunReports(place, part);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    say(`Reports of "${place.name}" are not looked at: "${place.state}" is closed to this user`);
    return [];
  }
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
