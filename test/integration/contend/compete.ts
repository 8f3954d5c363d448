import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { viewRun } from '../../../src/client/runs/view-run.ts';
import type { Ending } from '../../../src/engine/run/ending.ts';
import type { Runs } from '../../support/run.ts';
import { actsIn } from './acts.ts';

export interface Competed {
  readonly run: string;
  /** An outcome, or `terminated`. */
  readonly end: string;
  readonly ending?: Ending;
  /** Whether it had come to release the target: nothing of its work was incomplete any more. */
  readonly wasReleasing: boolean;
}

/** Of ten, which runbook each is: those that wait, skip and preempt, and those that take over what was left incomplete. */
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
/** The share of attempts that are struck soon after they began, and of those that are seen to take long. */
const SHARE_STRUCK = { soon: 0.05, late: 0.5 } as const;
const LONG_NANOSECONDS = 200_000_000n;

/**
 * Lets `count` runs want one target at the same time, terminates some of them, each time with one more at hand that may
 * take the target over at once, and answers how each ended.
 */
export async function compete(
  { client, start }: Pick<Runs, 'client' | 'start'>,
  { count, acts, throws }: { count: number; acts: string; throws: () => number },
): Promise<Competed[]> {
  const runs: string[] = [];
  const over = new AbortController();
  const terminating = terminateSome(client, {
    acts,
    throws,
    over: over.signal,
    // Those that wait already check again too late: what the dead one was doing is over by then.
    atOnce: async () => void runs.push(await start('rescuing')),
  });
  for (let number = 0; number < count; number += 1) {
    const kind = KINDS[number % KINDS.length]!;
    runs.push(await start(kind));
    await sleep(throws() * PAUSE_MILLISECONDS);
  }
  // More may be started meanwhile.
  for (const run of runs) await endOf(client, run);
  over.abort();
  await terminating;
  return Promise.all(runs.map((run) => endOf(client, run)));
}

/** Reads the runs' own notes, so that it is a holder that is struck, and mostly one in the middle of its work. */
async function terminateSome(
  client: Client,
  { acts, throws, over, atOnce }: Striking,
): Promise<void> {
  const seen = new Set<string>();
  const firstTime = (key: string): boolean => !seen.has(key) && seen.add(key) !== undefined;
  for (; !over.aborted; await sleep(20))
    for (const { run, begin, ended } of actsIn(acts)) {
      const late = !ended && process.hrtime.bigint() - begin > LONG_NANOSECONDS;
      const soon = firstTime(`${run} ${begin}`) && throws() < SHARE_STRUCK.soon;
      const struck =
        soon || (late && firstTime(`${run} ${begin} late`) && throws() < SHARE_STRUCK.late);
      if (!struck || !firstTime(run)) continue;
      const terminated = await client.workflow
        .getHandle(run)
        .terminate('a fault')
        .catch(() => undefined); // it has just ended
      if (terminated) await atOnce();
    }
}

interface Striking {
  readonly acts: string;
  readonly throws: () => number;
  readonly over: AbortSignal;
  /** Called after each. */
  readonly atOnce: () => Promise<void>;
}

/** How a run ended, once it has. */
export async function endOf(client: Client, run: string): Promise<Competed> {
  await client.workflow
    .getHandle(run)
    .result()
    .catch(() => {});
  const { ending, status } = await viewRun(client, run);
  const { events } = await client.workflow.getHandle(run).fetchHistory();
  const wasReleasing = (events ?? []).some(
    ({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'target.release',
  );
  const end = ending?.outcome ?? status.toLowerCase();
  return { run, end, wasReleasing, ...(ending && { ending }) };
}
