import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, vi } from 'vitest';
import type { Ledger } from '../../src/engine/run/ledger.ts';
import { firstStates } from '../support/practice-states.ts';
import { test } from '../support/run.ts';
import { TIMEOUT } from '../support/timeouts.ts';

describe.concurrent('a run', () => {
  test('paused, explains itself, and goes on when it is resumed', async ({ runs }) => {
    let explained = '';

    const { ending } = await runs.run(
      'practice',
      {},
      {
        around: slowly,
        meanwhile: async (run, client) => {
          const handle = client.workflow.getHandle(run);
          await handle.signal('pause', { by: 'ops-1', reason: 'a look at the disk' });
          await state(handle, 'waiting');
          explained = await handle.query<string>('explain');
          await handle.signal('resume', { by: 'ops-2' });
        },
      },
    );

    expect(explained).toMatch(
      /^Waiting before step \d, ".*", since 2.*Z: Paused by ops-1: a look at the disk$/,
    );
    expect(ending.outcome).toBe('done');
    expect(ending.interventions.map(({ what, by }) => `${what} by ${by}`)).toEqual([
      'paused by ops-1',
      'resumed by ops-2',
    ]);
  });

  test('paused, can still be stopped, and puts back what it had done', async ({ runs }) => {
    const { ending } = await runs.run(
      'practice',
      {},
      {
        around: slowly,
        meanwhile: async (run, client) => {
          const handle = client.workflow.getHandle(run);
          await state(handle, 'running', 'clear');
          await handle.signal('pause', { by: 'ops-1' });
          await state(handle, 'waiting');
          await handle.cancel();
        },
      },
    );

    expect(ending).toMatchObject({ outcome: 'stopped', left: [] });
    expect(firstStates(ending)).toEqual(['done', 'undone', 'unreached']);
  });

  test('tells in what it is', async ({ runs }) => {
    let explained = '';

    await runs.run(
      'practice',
      {},
      {
        around: slowly,
        meanwhile: async (run, client) => {
          const handle = client.workflow.getHandle(run);
          await state(handle, 'running', 'clear');
          explained = await handle.query<string>('explain');
        },
      },
    );

    expect(explained).toMatch(/^In step 2, "Clear cache", since 2.*Z$/);
  });

  test('with a bug in it ends at once, with its ledger, and undone', async ({ runs }) => {
    const begun = Date.now();

    const { ending } = await runs.run('practice', { bug: true });

    expect(Date.now() - begun).toBeLessThan(120_000);
    expect(ending).toMatchObject({
      outcome: 'undone',
      failure: { type: 'RunbookBug', message: expect.stringContaining('TypeError') },
    });
    expect(firstStates(ending)).toEqual(['done', 'undone', 'unreached']);
  });

  test('with input of the wrong shape ends before it touches anything', async ({ runs }) => {
    const { ending } = await runs.run('practice', { approve: 'perhaps' });

    expect(ending.failure).toEqual({
      type: 'InvalidInput',
      message: expect.stringMatching(/^approve: /),
    });
    expect(new Set(ending.ledger.map(({ state }) => state))).toEqual(new Set(['unreached']));
  });
});

/** Slow enough to be met in the middle of its steps. */
async function slowly(activity: string, work: () => Promise<unknown>): Promise<unknown> {
  if (activity === 'redis.clearPrefix') await new Promise((settle) => setTimeout(settle, 700));
  return work();
}

async function state(handle: WorkflowHandle, wanted: string, step?: string): Promise<void> {
  await vi.waitFor(async () => {
    const ledger = await handle.query<Ledger>('ledger');
    const found = ledger.filter(({ state }) => state === wanted).map(({ id }) => id);
    expect(step === undefined ? found : found.filter((id) => id === step)).not.toEqual([]);
  }, TIMEOUT);
}
