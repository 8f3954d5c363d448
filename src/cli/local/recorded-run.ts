import { readRunReports } from '../../activities/records/run-reports.ts';
import { countText } from '../../config/text/count-text.ts';
import { outermost } from '../../config/run-id.ts';
import { UsageError } from '../../config/usage-error.ts';
import type { ReportedRun } from '../../report/run/reported-run.ts';
import { targetFor } from '../input/target-for.ts';

/** The report that a run wrote beside its target, by any part of its id. Error: `UsageError` when it means more than one. */
export function recordedRun(part: string, target: string | undefined): ReportedRun | undefined {
  const place = placeOf(target);
  if (!place) return undefined;
  const all = readRunReports(place, part);
  const meant = outermost(all.map(({ run }) => run));
  const found = all.filter(({ run }) => meant.includes(run));
  if (found.length <= 1) return found[0];
  const ids = found.slice(0, 5).map(({ run }) => run);
  throw new UsageError(
    `"${part}" means ${countText(found.length, 'report')}: ${ids.join(', ')}${found.length > 5 ? ', ...' : ''}`,
    `runbook report ${ids[0]}`,
  );
}

/** Who names no target did not ask for one: that there is none to read is no fault then. */
function placeOf(target: string | undefined) {
  try {
    return targetFor(target);
  } catch (error) {
    if (target === undefined && error instanceof UsageError) return undefined;
    throw error;
  }
}
