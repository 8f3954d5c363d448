import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { viewRun } from '../../../src/client/view-run.ts';
import type { Ending } from '../../../src/engine/ending.ts';
import type { Runs } from '../../support/run.ts';
import { actsIn } from './acts.ts';

export interface Competed {
  readonly run: string;
  /** An outcome, or `terminated`. */
  readonly end: string;
  readonly ending?: Ending;
  /** Whether it had come to let go of the target: nothing of its work stood half done any more. */
  readonly wasLettingGo: boolean;
}

/** Of ten, which runbook each is: those that wait, skip and preempt, and those that take over what was left half done. */
const KINDS = [
  'patient',
  'rescuing',
  'modest',
  'pushing',
  'patient',
  'urgent',
  'rescuing',
  'patient',
  'modest',
  'pushing',
] as const;
/** How long a run is given to begin before the next one wants the target, at most. */
const PAUSE_MILLISECONDS = 300;
/** The share of acting runs that are ended by force, at a random moment after they began to act. */
const SHARE_TERMINATED = 0.3;
const LATEST_TERMINATION_MILLISECONDS = 500;

/** Lets `count` runs want one target at the same time, ends some of them by force, and answers how each ended. */
export async function compete(
  { client, start }: Pick<Runs, 'client' | 'start'>,
  { count, acts, throws }: { count: number; acts: string; throws: () => number },
): Promise<Competed[]> {
  const runs: string[] = [];
  const over = new AbortController();
  const terminating = terminateSome(client, { acts, throws, over: over.signal });
  for (let number = 0; number < count; number += 1) {
    const kind = KINDS[number % KINDS.length]!;
    runs.push(await start(kind));
    await sleep(throws() * PAUSE_MILLISECONDS);
  }
  const all = await Promise.all(runs.map((run) => endOf(client, run)));
  over.abort();
  await terminating;
  return all;
}

/** Looks at the runs' own notes for one that has begun to act, so that it is mostly a holder that is struck. */
async function terminateSome(
  client: Client,
  { acts, throws, over }: { acts: string; throws: () => number; over: AbortSignal },
): Promise<void> {
  const seen = new Set<string>();
  for (; !over.aborted; await sleep(20))
    for (const { run } of actsIn(acts)) {
      if (seen.has(run)) continue;
      seen.add(run);
      if (throws() >= SHARE_TERMINATED) continue;
      await sleep(throws() * LATEST_TERMINATION_MILLISECONDS);
      await client.workflow
        .getHandle(run)
        .terminate('a fault')
        .catch(() => {}); // it has just ended
    }
}

/** How a run ended, once it has. */
export async function endOf(client: Client, run: string): Promise<Competed> {
  await client.workflow
    .getHandle(run)
    .result()
    .catch(() => {});
  const { ending, status } = await viewRun(client, run);
  const { events } = await client.workflow.getHandle(run).fetchHistory();
  const wasLettingGo = (events ?? []).some(
    ({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'target.release',
  );
  const end = ending?.outcome ?? status.toLowerCase();
  return { run, end, wasLettingGo, ...(ending && { ending }) };
}
