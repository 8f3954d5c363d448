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
  { info }: ScheduleDescription,
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
    .filter((time) => !started.has(time.getTime()))
    .toReversed()
    .slice(0, MAX_STARTS);
}

/** Temporal appends to the id of each run when it was due. */
async function startsOf(client: Client, prefix: string, since: Date): Promise<ReadonlySet<number>> {
  const started = new Set<number>();
  const query = `WorkflowId STARTS_WITH '${prefix}' AND StartTime >= '${since.toISOString()}'`;
  for await (const { workflowId } of client.workflow.list({ query }))
    started.add(Date.parse(workflowId.slice(prefix.length)));
  return started;
}
