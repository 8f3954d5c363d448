import type { Client } from '@temporalio/client';
import { listRuns } from './list-runs.ts';
import { viewRun } from './view-run.ts';

/** How many of the newest are read. */
const RUNS = 5;

/** The median of what each step took, in milliseconds, by its id, over the newest runs that ended done. */
export async function usualDurations(
  client: Client,
  runbook: string,
  target: string,
): Promise<ReadonlyMap<string, number>> {
  const { runs } = await listRuns(client, { runbook, target, limit: 50 });
  const done = runs.filter(({ state }) => state === 'done');
  const views = await Promise.all(done.slice(0, RUNS).map(({ run }) => viewRun(client, run)));
  const taken = new Map<string, number[]>();
  for (const { id, state, startedAt, finishedAt } of views.flatMap(({ ledger }) => ledger ?? []))
    if (state === 'done' && startedAt && finishedAt)
      taken.set(id, [...(taken.get(id) ?? []), Date.parse(finishedAt) - Date.parse(startedAt)]);
  return new Map([...taken].map(([id, all]) => [id, median(all)]));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
