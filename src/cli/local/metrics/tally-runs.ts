import type { Outcome } from '../../../engine/run/ending.ts';
import { type AuditEvent, eventIn } from '../../../state/audit/audit-event.ts';
import { followAudit } from '../../../state/audit/follow-audit.ts';
import { DURATION_BUCKETS } from './families.ts';

export const OUTCOMES = [
  'done',
  'partly',
  'failed',
  'undone',
  'stopped',
  'skipped',
] as const satisfies readonly Outcome[];

/** The runs of one runbook that ended. */
export interface RunTally {
  readonly runbook: string;
  readonly outcomes: Record<Outcome, number>;
  /** How many took no longer than each of `DURATION_BUCKETS`. */
  readonly buckets: number[];
  /** How many of them have a known duration, and the sum of these in s. */
  timed: number;
  seconds: number;
  /** The newest end of one that is done or partly done, in s since 1970. 0: there is none. */
  lastSuccess: number;
}

/** What is more than these was never a runbook's name. */
const MAX_RUNBOOKS = 200;
const RUNBOOK = /^[a-z][a-z0-9-]{0,79}$/;

/**
 * Counts the runs in a target's audit: it is only ever added to, and outlives the reports, which are removed after a time. So a count never
 * falls, which Prometheus would take for a restart. Each call reads what came since the one before. Errors: see `followAudit`.
 */
export function openRunTally(state: string): () => readonly RunTally[] {
  const follow = followAudit(state);
  const tallies = new Map<string, RunTally>();
  /** When the runs began that have not ended, in ms since 1970. */
  const begun = new Map<string, number>();

  return () => {
    follow(take, () => {
      tallies.clear();
      begun.clear();
    });
    return [...tallies.values()];
  };

  function take(line: string): void {
    // Most lines are neither, and need not be parsed.
    if (!line.includes('"what":"started"') && !line.includes('"what":"ended"')) return;
    const event = eventIn(line);
    if (!event || typeof event.run !== 'string') return;
    const at = Date.parse(event.at);
    if (Number.isNaN(at)) return;
    if (event.what === 'started') begun.set(event.run, at);
    else if (event.what === 'ended') end(event, at);
  }

  function end({ run, runbook, outcome }: AuditEvent, at: number): void {
    const start = begun.get(run);
    begun.delete(run);
    const tally = tallyOf(runbook ?? runbookOf(run));
    if (!tally || !isOutcome(outcome)) return;
    tally.outcomes[outcome] += 1;
    if (outcome === 'done' || outcome === 'partly')
      tally.lastSuccess = Math.max(tally.lastSuccess, at / 1000);
    if (start === undefined) return;
    const seconds = Math.max(0, at - start) / 1000;
    tally.timed += 1;
    tally.seconds += seconds;
    for (const [index, bound] of DURATION_BUCKETS.entries())
      if (seconds <= bound) tally.buckets[index]! += 1;
  }

  function tallyOf(runbook: string | undefined): RunTally | undefined {
    if (runbook === undefined || !RUNBOOK.test(runbook)) return undefined;
    const known = tallies.get(runbook);
    if (known || tallies.size === MAX_RUNBOOKS) return known;
    const tally = noRuns(runbook);
    tallies.set(runbook, tally);
    return tally;
  }
}

export function noRuns(runbook: string): RunTally {
  return {
    runbook,
    outcomes: { done: 0, partly: 0, failed: 0, undone: 0, stopped: 0, skipped: 0 },
    buckets: DURATION_BUCKETS.map(() => 0),
    timed: 0,
    seconds: 0,
    lastSuccess: 0,
  };
}

/** `<runbook>/<target>/<stamp>`; of a part of a run its event says it. */
function runbookOf(run: string): string | undefined {
  const parts = run.split('/');
  return parts.length === 3 ? parts[0] : undefined;
}

function isOutcome(outcome: string | undefined): outcome is Outcome {
  return (OUTCOMES as readonly (string | undefined)[]).includes(outcome);
}
