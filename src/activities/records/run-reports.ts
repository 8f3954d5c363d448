import { existsSync } from 'node:fs';
import type { Target } from '../../config/schema/target.ts';
import { runHtml } from '../../report/run/html/run-html.ts';
import type { ReportedRun } from '../../report/run/reported-run.ts';
import { placeOfRunReport, storedRuns, storeRunReport } from '../../state/run-reports.ts';

type Place = Pick<Target, 'name' | 'state'>;

/** What a run ends by that has ended before, when Temporal's runs were put back to an earlier time. */
const TWICE = ['RunEnded', 'LockLost'];

/**
 * Writes the report of a run into its target's state directory. Answers where. The report of how a run really ended stays, should it come
 * to an end a second time.
 */
export function writeRunReport(target: Place, view: ReportedRun): { html: string; json: string } {
  if (TWICE.includes(view.ending?.failure?.type ?? '')) {
    const stored = placeOfRunReport(target, view.run);
    if (existsSync(stored.json)) return stored;
  }
  return storeRunReport(target, view, runHtml(view));
}

/** The reports of the runs whose id is `part`, or has it in it. The newest first. */
export function readRunReports(target: Place, part: string): ReportedRun[] {
  return storedRuns(target, part) as ReportedRun[];
}
