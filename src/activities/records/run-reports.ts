import type { Target } from '../../config/schema/target.ts';
import { runHtml } from '../../report/run/html/run-html.ts';
import type { ReportedRun } from '../../report/run/reported-run.ts';
import { storedRuns, storeRunReport } from '../../state/run-reports.ts';

type Place = Pick<Target, 'name' | 'state'>;

/** Writes the report of a run into its target's state directory. Answers where. */
export function writeRunReport(target: Place, view: ReportedRun): { html: string; json: string } {
  return storeRunReport(target, view, runHtml(view));
}

/** The reports of the runs whose id is `part`, or has it in it. The newest first. */
export function readRunReports(target: Place, part: string): ReportedRun[] {
  return storedRuns(target, part) as ReportedRun[];
}
