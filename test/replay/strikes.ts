import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { Ledger } from '../../src/engine/run/ledger.ts';
import { broken } from '../support/broken.ts';

/** Called before every activity: may fail it, or stop the run. */
export type Strike = (activity: string, cancel: () => Promise<void>) => Promise<void>;

export function failing(...types: string[]): Strike {
  return async (activity) => {
    if (types.includes(activity)) throw broken(`"${activity}" is broken`);
  };
}

export function failingOnce(type: string): Strike {
  let calls = 0;
  return async (activity) => {
    if (activity === type && (calls += 1) === 1) throw broken(`"${type}" is broken`);
  };
}

export function stoppingAt(type: string): Strike {
  return async (activity, cancel) => {
    if (activity === type) await cancel();
  };
}

export async function waiting(handle: WorkflowHandle, step: string): Promise<void> {
  for (;;) {
    const ledger = await handle.query<Ledger>('ledger');
    if (ledger.find(({ id }) => id === step)?.state === 'waiting') return;
    await sleep(50);
  }
}
