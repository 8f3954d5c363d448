import type { Client } from '@temporalio/client';
import { type StuckRun, stuckRuns } from '../../../client/runs/stuck/stuck-runs.ts';
import type { Target } from '../../../config/schema/target.ts';
import { say } from '../../output/say.ts';
import { every } from '../every.ts';
import { reportStuck, reportStuckOver } from './report-stuck.ts';

interface Options {
  readonly client: Client;
  /** Those that are served here, as they are at each moment. */
  readonly targets: () => readonly Target[];
  /** Between two looks, in ms. */
  readonly interval?: number;
  readonly queue?: string;
}

/** Temporal's own mark comes 85 s after the first failure; the third try, which is seen before, 20 to 40 s after it. */
const INTERVAL = 20_000;
/** For one look, in ms. */
const LIMIT = 15_000;

/**
 * Tells people once of each run, incident or what stands beside them that does not go on although it is served, and logs when it does again.
 * What cannot be looked at, or told, is told the next time; that is logged once.
 */
export function watchStuck({ client, targets, interval = INTERVAL, queue }: Options) {
  const since = Date.now();
  /** By target: what people know of. Missing: a worker before this one may have told them of something. */
  const told = new Map<string, ReadonlyMap<string, StuckRun>>();
  let isTrouble = false;

  return every(interval, async (over) => {
    try {
      await client.withAbortSignal(over, () => client.withDeadline(Date.now() + LIMIT, look));
      if (isTrouble) say('Able to see again whether runs go on');
      isTrouble = false;
    } catch (error) {
      if (over.aborted) return;
      if (!isTrouble) say(`Warning: Cannot see whether runs go on: ${(error as Error).message}`);
      isTrouble = true;
    }
  });

  async function look(): Promise<void> {
    const all = targets();
    const found = await stuckRuns(
      client,
      all.map(({ name }) => name),
      { since },
    );
    for (const target of all) {
      const now = found.filter((one) => one.target === target.name);
      await tell(target, new Map(now.map((one) => [one.run, one])));
    }
  }

  async function tell(target: Target, now: ReadonlyMap<string, StuckRun>): Promise<void> {
    const before = told.get(target.name);
    const isNew = [...now.keys()].some((run) => !before?.has(run));
    if (isNew) await reportStuck(client, target, [...now.values()], queue);
    else if (now.size === 0 && before?.size !== 0) await reportStuckOver(client, target);
    told.set(target.name, now);
    for (const { run, reason } of now.values())
      if (!before?.has(run)) say(`Warning: "${run}" does not go on: ${reason}`);
    for (const run of before?.keys() ?? [])
      if (!now.has(run)) say(`"${run}" goes on again, or has ended`);
  }
}
