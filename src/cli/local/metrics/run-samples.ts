import type { Target } from '../../../config/schema/target.ts';
import { DURATION_BUCKETS } from './families.ts';
import type { Sample } from './metrics-text.ts';
import { noRuns, OUTCOMES, type RunTally } from './tally-runs.ts';

/** Of every runbook that ran on the target or is scheduled there: what never happened is 0, so that a first time is an increase. */
export function runSamples(
  { name, schedules }: Pick<Target, 'name' | 'schedules'>,
  tallies: readonly RunTally[],
): Sample[] {
  const ran = new Set(tallies.map(({ runbook }) => runbook));
  const due = Object.keys(schedules).filter((runbook) => !ran.has(runbook));
  return [...tallies, ...due.map(noRuns)]
    .toSorted((a, b) => a.runbook.localeCompare(b.runbook))
    .flatMap((tally) => samplesOf(name, tally));
}

function samplesOf(target: string, tally: RunTally): Sample[] {
  const { runbook, outcomes, buckets, timed, seconds, lastSuccess } = tally;
  const labels = { target, runbook };
  const bounds = [...DURATION_BUCKETS.map(String), '+Inf'];
  const name = 'runbook_run_duration_seconds';
  return [
    ...OUTCOMES.map((outcome): Sample => ({
      name: 'runbook_runs_total',
      labels: { ...labels, outcome },
      value: outcomes[outcome],
    })),
    ...[...buckets, timed].map((value, index): Sample => ({
      name,
      part: '_bucket',
      labels: { ...labels, le: bounds[index]! },
      value,
    })),
    { name, part: '_sum', labels, value: seconds },
    { name, part: '_count', labels, value: timed },
    { name: 'runbook_last_success_timestamp_seconds', labels, value: lastSuccess },
  ];
}
