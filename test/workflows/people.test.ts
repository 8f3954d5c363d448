import type { Client, WorkflowHandle } from '@temporalio/client';
import { describe, expect, vi } from 'vitest';
import { permanent } from '../../src/activities/support/failure.ts';
import type { Ledger } from '../../src/engine/ledger.ts';
import { type Around, test } from '../support/run.ts';
import { firstStates } from '../support/practice-states.ts';

const asking = test.extend({ decisions: { wait: '5m', waitWhileDown: '0s' } });

describe.concurrent('decide', () => {
  asking('retry tries the step again, and the run goes on', async ({ runs }) => {
    const { ending } = await runs.run(
      'practice',
      {},
      {
        around: failing('http.isReady', 1),
        meanwhile: async (run, client) => {
          const handle = await waiting(client, run, 'check');
          await decide(handle, { step: 'check', attempt: 1, choice: 'retry', by: 'ops-1' });
        },
      },
    );

    expect(ending).toMatchObject({
      outcome: 'done',
      output: { ready: true },
      interventions: [{ what: 'decided', choice: 'retry', step: 'check', by: 'ops-1' }],
    });
    expect(ending.ledger[2]).toMatchObject({ state: 'done', attempt: 2 });
    expect(ending.notices[0]?.message).toContain('Decide within 5m');
  });

  asking('skip goes on with what the runbook says', async ({ runs }) => {
    const { ending } = await runs.run(
      'practice',
      {},
      {
        around: failing('http.isReady', Infinity),
        meanwhile: async (run, client) => {
          const handle = await waiting(client, run, 'check');
          await decide(handle, {
            step: 'check',
            attempt: 1,
            choice: 'skip',
            by: 'ops-1',
            reason: 'it is day',
          });
        },
      },
    );

    expect(ending).toMatchObject({ outcome: 'done', output: { ready: false } });
    expect(firstStates(ending)).toEqual(['done', 'done', 'skipped']);
  });

  asking('undo puts back what was done', async ({ runs }) => {
    const { ending } = await runs.run(
      'practice',
      {},
      {
        around: failing('http.isReady', Infinity),
        meanwhile: async (run, client) => {
          const handle = await waiting(client, run, 'check');
          await decide(handle, { step: 'check', attempt: 1, choice: 'undo', by: 'ops-1' });
        },
      },
    );

    expect(ending.outcome).toBe('undone');
    expect(firstStates(ending)).toEqual(['done', 'undone', 'failed']);
  });

  asking('refuses what does not fit the question, and says why', async ({ runs }) => {
    const refusals: string[] = [];

    await runs.run(
      'practice',
      {},
      {
        around: failing('redis.clearPrefix', 1),
        meanwhile: async (run, client) => {
          const handle = await waiting(client, run, 'clear');
          const attempts = [
            { step: 'nothing', attempt: 1, choice: 'retry', by: 'ops-1' },
            { step: 'look', attempt: 1, choice: 'retry', by: 'ops-1' },
            { step: 'clear', attempt: 7, choice: 'retry', by: 'ops-1' },
            { step: 'clear', attempt: 1, choice: 'skip', by: 'ops-1' },
            { step: 'clear', attempt: 1, choice: 'explode', by: 'ops-1' },
          ];
          for (const attempt of attempts) refusals.push(await refusal(decide(handle, attempt)));
          await decide(handle, { step: 'clear', attempt: 1, choice: 'retry', by: 'ops-1' });
          refusals.push(
            await refusal(
              decide(handle, { step: 'clear', attempt: 1, choice: 'undo', by: 'ops-2' }),
            ),
          );
        },
      },
    );

    expect(refusals).toEqual([
      'There is no step "nothing"',
      'Step "look" waits for no decision: it is done',
      'Step "clear" is at attempt 1, not 7: look again',
      'Step "clear" cannot be skipped: what follows needs it',
      expect.stringMatching(/^choice: /),
      expect.stringMatching(/decided already|waits for no decision|already completed/),
    ]);
  });

  const impatient = test.extend({ decisions: { wait: '1s', waitWhileDown: '0s' } });
  impatient('undoes when nobody answers in time', async ({ runs }) => {
    const { ending } = await runs.run(
      'practice',
      {},
      { around: failing('http.isReady', Infinity) },
    );

    expect(ending).toMatchObject({ outcome: 'undone', interventions: [] });
    expect(ending.notices).toHaveLength(2);
  });

  asking(
    'is not asked while the application is down because of the run',
    async ({ systems, runs }) => {
      await runs.run('daily-backup');

      const { ending } = await runs.run(
        'database-recovery',
        { backup: 'latest' },
        {
          around: failing('sqlite.swap', Infinity),
        },
      );

      expect(ending).toMatchObject({ outcome: 'undone', left: [] });
      await systems.http.expectReady();
    },
  );
});

describe.concurrent('approve', () => {
  const approving = test.extend({
    approvals: { by: ['operations'], quorum: 2, within: '5m' },
  });

  approving(
    'lets a step go on once enough people said so, but never its requester',
    async ({ runs }) => {
      const refusals: string[] = [];

      const { ending } = await runs.run(
        'practice',
        { approve: true },
        {
          by: 'ops-3',
          meanwhile: async (run, client) => {
            const handle = await waiting(client, run, 'clear');
            for (const by of ['stranger', 'ops-3'])
              refusals.push(await refusal(answer(handle, 'approve', { step: 'clear', by })));
            await answer(handle, 'approve', { step: 'clear', by: 'ops-1' });
            refusals.push(await refusal(answer(handle, 'approve', { step: 'clear', by: 'ops-1' })));
            await answer(handle, 'approve', { step: 'clear', by: 'ops-2', reason: 'looked at it' });
          },
        },
      );

      expect(ending.outcome).toBe('done');
      expect(ending.interventions.map(({ what, by }) => `${what} by ${by}`)).toEqual([
        'approved by ops-1',
        'approved by ops-2',
      ]);
      expect(refusals).toEqual([
        '"stranger" may not answer for this target: ops-1, ops-2, ops-3 may',
        '"ops-3" started this run, and cannot answer for it',
        '"ops-1" has approved "clear" already',
      ]);
    },
  );

  approving('refuses the step when one person rejects it', async ({ runs }) => {
    const { ending } = await runs.run(
      'practice',
      { approve: true },
      {
        meanwhile: async (run, client) => {
          const handle = await waiting(client, run, 'clear');
          await answer(handle, 'reject', { step: 'clear', by: 'ops-1', reason: 'not at night' });
        },
      },
    );

    expect(ending).toMatchObject({
      outcome: 'failed',
      failure: { type: 'Rejected', message: '"ops-1" rejected "Clear cache": not at night' },
    });
    expect(firstStates(ending)).toEqual(['done', 'unreached', 'unreached']);
  });

  const hurried = test.extend({ approvals: { by: ['operations'], quorum: 1, within: '1s' } });
  hurried('refuses the step when nobody answers in time', async ({ runs }) => {
    const { ending } = await runs.run('practice', { approve: true });

    expect(ending.failure).toEqual({
      type: 'Rejected',
      message: 'Nobody approved "Clear cache" within 1s',
    });
  });
});

/** Fails the first calls of one activity, for good each. */
function failing(type: string, times: number): Around {
  let calls = 0;
  return async (activity, work) => {
    if (activity !== type) return work();
    calls += 1;
    if (calls <= times) throw permanent('Broken', `"${type}" is broken`);
    return work();
  };
}

async function waiting(client: Client, run: string, step: string): Promise<WorkflowHandle> {
  const handle = client.workflow.getHandle(run);
  await vi.waitFor(
    async () => {
      const ledger = await handle.query<Ledger>('ledger');
      expect(ledger.find(({ id }) => id === step)?.state).toBe('waiting');
    },
    { timeout: 20_000, interval: 50 },
  );
  return handle;
}

async function decide(handle: WorkflowHandle, decision: object): Promise<void> {
  await handle.executeUpdate('decide', { args: [decision] });
}

async function answer(
  handle: WorkflowHandle,
  word: 'approve' | 'reject',
  args: object,
): Promise<void> {
  await handle.executeUpdate(word, { args: [args] });
}

/** Why it was refused. */
async function refusal(attempt: Promise<void>): Promise<string> {
  try {
    await attempt;
    return 'accepted';
  } catch (error) {
    const { cause, message } = error as Error;
    return cause instanceof Error ? cause.message : message;
  }
}
