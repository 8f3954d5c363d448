import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { type RunView, viewRun } from './view-run.ts';

const INTERVAL_MILLISECONDS = 200;

/** Every view of a run until it has ended; the last one is of the closed run. Can begin at any time. */
export async function* followRun(client: Client, run: string): AsyncGenerator<RunView> {
  for (;;) {
    const view = await viewRun(client, run);
    yield view;
    if (view.status !== 'RUNNING') return;
    await sleep(INTERVAL_MILLISECONDS);
  }
}
