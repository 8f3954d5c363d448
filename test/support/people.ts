import type { Client, WorkflowHandle } from '@temporalio/client';
import { expect, vi } from 'vitest';
import type { Ledger } from '../../src/engine/run/ledger.ts';
import { broken } from './broken.ts';
import { TIMEOUT } from './timeouts.ts';
import type { Around } from './run.ts';

/** Fails the first calls of one activity, for good each. */
export function failing(type: string, times: number): Around {
  let calls = 0;
  return async (activity, work) => {
    if (activity !== type) return work();
    calls += 1;
    if (calls <= times) throw broken(`"${type}" is broken`);
    return work();
  };
}

/** Comes back when a step asks. A run that has ended without it never will, and what it did instead is reported. */
export async function waiting(client: Client, run: string, step: string): Promise<WorkflowHandle> {
  const handle = client.workflow.getHandle(run);
  const ledger = await vi.waitFor(async () => {
    const lines = await handle.query<Ledger>('ledger');
    expect(lines.find(({ id }) => id === step)?.state).toMatch(/^(waiting|unreached|omitted)$/);
    return lines;
  }, TIMEOUT);
  if (ledger.find(({ id }) => id === step)?.state !== 'waiting')
    throw new Error(`"${step}" does not wait: ${JSON.stringify(ledger)}`);
  return handle;
}

export async function decide(handle: WorkflowHandle, decision: object): Promise<void> {
  await handle.executeUpdate('decide', { args: [decision] });
}

export async function answer(
  handle: WorkflowHandle,
  word: 'approve' | 'reject',
  args: object,
): Promise<void> {
  await handle.executeUpdate(word, { args: [args] });
}

/** Why it was refused. */
export async function refusal(attempt: Promise<void>): Promise<string> {
  try {
    await attempt;
    return 'accepted';
  } catch (error) {
    const { cause, message } = error as Error;
    return cause instanceof Error ? cause.message : message;
  }
}
