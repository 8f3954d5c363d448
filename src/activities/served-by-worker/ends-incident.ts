import type { Target } from '../../config/schema/target.ts';
import { ownsIncident } from '../../incident/beside/incident-of-run.ts';
import type { ReportedRun } from '../../report/run/reported-run.ts';
import { readRunReports } from '../records/run-reports.ts';

type Ended = Pick<NonNullable<ReportedRun['ending']>, 'run' | 'runbook' | 'outcome' | 'ledger'>;
type Line = Ended['ledger'][number];

/**
 * Whether the incident of a runbook is over with this run of it. It is when the run is done, or when a person stops it. One that is
 * partly done ends it when all that has opened it is done now: the lines at which earlier runs failed, and those whose own run
 * failed, and opened it by that. What is left out proves nothing.
 */
export function endsIncident(target: Pick<Target, 'name' | 'state'>, ending: Ended): boolean {
  const { run, runbook, outcome } = ending;
  if (!ownsIncident(run)) return false;
  if (outcome === 'done' || outcome === 'stopped') return true;
  if (outcome !== 'partly') return false;
  const earlier = readRunReports(target, `${runbook}/`)
    .flatMap((report) => endedOf(report) ?? [])
    .filter((one) => one.run !== run && one.runbook === runbook && ownsIncident(one.run));
  return (
    [...earlier.toReversed(), ending].reduce<ReadonlySet<string>>(stillFailing, new Set()).size ===
    0
  );
}

/** The lines that opened the incident, and that no later run has done. */
function stillFailing(failing: ReadonlySet<string>, { outcome, ledger }: Ended): Set<string> {
  if (outcome === 'done' || outcome === 'stopped') return new Set();
  const done = ledger.filter(({ state }) => state === 'done').map(({ id }) => id);
  const open = [...failing].filter((id) => outcome !== 'partly' || !done.includes(id));
  // Lines that failed before the last one are what a run went on without.
  const last = ledger.findLast(({ state }) => state === 'failed' || state === 'left');
  const opened = ledger.filter(
    (line) =>
      line.state === 'left' ||
      (line === last && outcome !== 'partly') ||
      (line.state === 'failed' && hasRuns(line)),
  );
  return new Set([...open, ...opened.map(({ id }) => id)]);
}

/** A run that fails has somebody asked, also as a part of another. */
function hasRuns({ runs = [], parts = [] }: Line): boolean {
  return runs.length > 0 || parts.some((part) => part.state === 'failed' && hasRuns(part));
}

/** None of a run that was terminated, or whose report is of an older version. */
function endedOf({ ending }: ReportedRun): Ended | undefined {
  return ending && Array.isArray(ending.ledger) ? ending : undefined;
}
