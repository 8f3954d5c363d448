import type { Client, ScheduleDescription } from '@temporalio/client';
import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import type { Ending } from '../../engine/run/ending.ts';
import { searchAttributes } from '../../engine/run/search-attributes.ts';
import { catalogue } from '../catalogue.ts';
import { lastDueTimes } from './due-times.ts';
import { missingStarts } from './missing-starts.ts';
import { findSchedule } from './found-schedules.ts';
import { type ScheduleContext, type WantedSchedule, wantedSchedules } from './wanted-schedules.ts';

export interface MissedRun {
  /** `<target>/<runbook>`. */
  readonly id: string;
  readonly target: string;
  readonly runbook: string;
  /** Such as `no daily-backup of ahgd since 26 h`, and why, as far as Temporal knows. */
  readonly sentence: string;
  /** When the last one began that ended as done. ISO 8601, UTC. */
  readonly lastDone?: string;
  /** When one was due. ISO 8601, UTC. */
  readonly due?: string;
  /** The starts that never came since then, the newest first, at most 100. ISO 8601, UTC. */
  readonly missing?: readonly string[];
}

/**
 * The schedules of which no run has ended as done for longer than they say. One that a person started counts. A run is
 * given twice the time that is expected of it, before it counts as missing.
 */
export async function missedRuns(
  client: Client,
  targets: readonly Target[],
  {
    now = new Date(),
    find = findSchedule,
    ...context
  }: ScheduleContext & { readonly now?: Date; readonly find?: typeof findSchedule } = {},
): Promise<MissedRun[]> {
  const runbooks = context.runbooks ?? catalogue;
  const missed: MissedRun[] = [];
  for (const target of targets) {
    const { schedules } = wantedSchedules(target, context);
    const found = await Promise.all(
      schedules.map((one) => {
        const timeout = 2 * inMilliseconds(runbooks.get(one.runbook)!.expected);
        return missedRun(client, one, { now, timeout, find });
      }),
    );
    missed.push(...found.filter((one) => one !== undefined));
  }
  return missed;
}

async function missedRun(
  client: Client,
  { id, target, runbook, memo }: WantedSchedule,
  { now, timeout, find }: { now: Date; timeout: number; find: typeof findSchedule },
): Promise<MissedRun | undefined> {
  // Whoever wrote into the target that it is paused knows.
  if (memo.paused) return undefined;
  const facts = { id, target, runbook };
  const found = await find(client, id);
  if (!found)
    return { ...facts, sentence: `no ${runbook} of ${target}: Temporal has no schedule "${id}"` };

  // A run that was due just now may still be under way.
  const until = new Date(now.getTime() - timeout);
  if (until < found.info.createdAt) return undefined;
  const [before, due] = await lastDueTimes(client, id, until, found.info.nextActionTimes);
  if (!before || !due || due < found.info.createdAt) return undefined;
  const done = await lastDone(client, runbook, target);
  const interval = due.getTime() - before.getTime();
  if (done && now.getTime() - done.getTime() <= interval + timeout) return undefined;

  const since = done ? `since ${age(now.getTime() - done.getTime())}` : 'yet';
  const why = await reasonOf(client, found, { runbook, target, due });
  const missing = await missingStarts(client, found, { runbook, target, after: done, until: due });
  return {
    ...facts,
    sentence: `no ${runbook} of ${target} ${since}: it was due at ${minute(due)}${why}${nor(missing, due)}`,
    ...(done && { lastDone: done.toISOString() }),
    due: due.toISOString(),
    missing: missing.map((time) => time.toISOString()),
  };
}

/** Nearly always the first of them is what is asked for: a page of 1000, which is the default, is read in vain. */
const NEWEST = 20;

/** When the newest run began that ended as done, or as partly done: people were told what is not. */
async function lastDone(
  client: Client,
  runbook: string,
  target: string,
): Promise<Date | undefined> {
  const query = `${runsOf(runbook, target)} AND ExecutionStatus = 'Completed'`;
  for await (const { workflowId, runId, startTime, typedSearchAttributes } of client.workflow.list({
    query,
    pageSize: NEWEST,
  })) {
    if (workflowId.endsWith('.plan')) continue;
    const known = typedSearchAttributes.get(searchAttributes.state);
    // Without our search attributes only the run itself knows whether it was skipped.
    const outcome =
      known ?? ((await client.workflow.getHandle(workflowId, runId).result()) as Ending).outcome;
    if (outcome === 'done' || outcome === 'partly') return startTime;
  }
  return undefined;
}

/** Why there is none, as far as it can be seen. */
async function reasonOf(
  client: Client,
  { state }: ScheduleDescription,
  { runbook, target, due }: { runbook: string; target: string; due: Date },
): Promise<string> {
  if (state.paused) return `, and its schedule is paused${state.note ? ` (${state.note})` : ''}`;
  // Those that are open come first.
  for await (const { workflowId, status, startTime } of client.workflow.list({
    query: runsOf(runbook, target),
    pageSize: NEWEST,
  })) {
    if (workflowId.endsWith('.plan')) continue;
    if (status.name === 'RUNNING') return `, and "${workflowId}" has not ended`;
    if (startTime >= due) return `, and "${workflowId}" did not end as done`;
    break;
  }
  return ', and none was started';
}

const SHOWN = 5;

/** The starts before this one that never came either. */
function nor(missing: readonly Date[], due: Date): string {
  const others = missing.filter((time) => time < due);
  if (others.length === 0) return '';
  const more = others.length > SHOWN ? `, and ${others.length - SHOWN} before` : '';
  return `, nor at ${others.slice(0, SHOWN).map(minute).join(', ')}${more}`;
}

function runsOf(runbook: string, target: string): string {
  return `WorkflowType = '${runbook}' AND WorkflowId STARTS_WITH '${runbook}/${target}/'`;
}

function minute(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

const HOUR_MILLISECONDS = 3_600_000;

/** Such as `26 h`: in the unit in which people count it. */
function age(milliseconds: number): string {
  const hours = milliseconds / HOUR_MILLISECONDS;
  if (hours < 2) return `${Math.round(hours * 60)} min`;
  return hours < 72 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} d`;
}
