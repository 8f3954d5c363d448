import type { Client } from '@temporalio/client';
import { expect, vi } from 'vitest';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import type { Ending } from '../../src/engine/run/ending.ts';
import { whileLocked } from '../activities/database/support/while-locked.ts';
import { TIMEOUT } from './timeouts.ts';
import { answer, waiting } from './people.ts';
import type { Runs } from './run.ts';

interface Diagnosis {
  readonly diagnosis: string;
  readonly tried: readonly string[];
  readonly helped?: string;
}

export function impatient({ database }: SqliteTarget): void {
  Object.assign(database, { locks: { ...database.locks, wait: '1s', grace: '1s' } });
}

export function stateOf({ ledger }: Ending, ...ids: string[]): string[] {
  return ids.map((id) => ledger.find((line) => line.id === id)!.state);
}

/** Approves the steps as they come. */
export function approving(...steps: string[]) {
  return async (run: string, client: Client) => {
    for (const step of steps)
      await answer(await waiting(client, run, step), 'approve', { step, by: 'ops-2' });
  };
}

/** A run beside a process that holds the lock, and people who approve that it is ended. */
export async function endHolder(world: SqliteTarget, runs: Runs, stubborn: boolean): Promise<void> {
  impatient(world);

  const { result, endedBy } = await whileLocked(world, { stubborn }, async (pid) => {
    // The sample application stays unhealthy once it was refused: a lock of seconds it would only wait for.
    await vi.waitFor(async () => expect((await fetch(world.app.health)).ok).toBe(false), TIMEOUT);
    const meanwhile = stubborn ? approving('end', 'kill', 'restart') : approving('end', 'restart');
    const { ending } = await runs.run('database-locked', {}, { meanwhile });
    return { ending, pid };
  });

  const { ending, pid } = result;
  expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
  const output = ending.output as Diagnosis;
  expect(output.diagnosis).toMatch(`importer (process ${pid}) writes`);
  expect(output.tried).toEqual(['wait', 'end', ...(stubborn ? ['kill'] : []), 'restart']);
  expect(output.helped).toBe(`${stubborn ? 'kill' : 'end'}, restart`);
  expect(endedBy).toBe(stubborn ? 'SIGKILL' : 'SIGTERM');
}
