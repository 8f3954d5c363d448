import type { Client, WorkflowHandle } from '@temporalio/client';
import { expect, vi } from 'vitest';
import { permanent } from '../../src/activities/support/failure.ts';
import type { Ledger } from '../../src/engine/ledger.ts';
import type { Around } from './run.ts';
import { PATIENCE } from './patience.ts';

/** Fails the first calls of one activity, for good each. */
export function failing(type: string, times: number): Around {
  let calls = 0;
  return async (activity, work) => {
    if (activity !== type) return work();
    calls += 1;
    if (calls <= times) throw permanent('Broken', `"${type}" is broken`);
    return work();
  };
}

export async function waiting(client: Client, run: string, step: string): Promise<WorkflowHandle> {
  const handle = client.workflow.getHandle(run);
  await vi.waitFor(async () => {
    const ledger = await handle.query<Ledger>('ledger');
    expect(ledger.find(({ id }) => id === step)?.state).toBe('waiting');
  }, PATIENCE);
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
