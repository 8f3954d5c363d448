import type { Client, ScheduleDescription } from '@temporalio/client';
import { dueTimes } from './due-times.ts';

const DAY_MILLISECONDS = 86_400_000;
/** Further back nobody can do anything about it. */
const MAX_AGE = 31 * DAY_MILLISECONDS;
const MAX_STARTS = 100;

interface Wanted {
  readonly runbook: string;
  readonly target: string;
  /** The last run that was done began then. */
  readonly after: Date | undefined;
  /** Inclusive. */
  readonly until: Date;
}

/** When a schedule was due and started no run, the newest first: Temporal was down for too long, it was paused, or one still ran. */
export async function missingStarts(
  client: Client,
  { info, spec }: ScheduleDescription,
  { runbook, target, after, until }: Wanted,
): Promise<Date[]> {
  // Before it was changed it was due at other times.
  const begin = Math.max(
    info.createdAt.getTime(),
    info.lastUpdatedAt?.getTime() ?? 0,
    after?.getTime() ?? 0,
    until.getTime() - MAX_AGE,
  );
  const id = `${target}/${runbook}`;
  const due = await dueTimes(client, id, new Date(begin), new Date(until.getTime() + 1));
  const started = await startsOf(client, `${runbook}/${target}/due-`, new Date(begin));
  return due
    .map((time) => time.getTime())
    .filter((time, index, all) => {
      const earliest = Math.max(all[index - 1] ?? 0, time - (spec.jitter ?? 0) - 1);
      return !started.some((one) => one > earliest && one <= time);
    })
    .map((time) => new Date(time))
    .toReversed()
    .slice(0, MAX_STARTS);
}

/**
 * Temporal appends to the id of each run when it was due, before its jitter. What it reckons as due has the jitter in it, which passes no
 * later one.
 */
async function startsOf(client: Client, prefix: string, since: Date): Promise<number[]> {
  const started: number[] = [];
  const query = `WorkflowId STARTS_WITH '${prefix}' AND StartTime >= '${since.toISOString()}'`;
  for await (const { workflowId } of client.workflow.list({ query }))
    started.push(Date.parse(workflowId.slice(prefix.length)));
  return started;
}
