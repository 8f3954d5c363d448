import { describe, expect } from 'vitest';
import { answer, refusal, waiting } from '../support/people.ts';
import { firstStates } from '../support/practice-states.ts';
import { test } from '../support/run.ts';

describe.concurrent('approve', () => {
  const approving = test.extend({
    approvals: { by: ['operations'], quorum: 2, within: '5m', unproven: 'allow' },
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
        'stranger (unproven) may not answer for this target: ops-1, ops-2, ops-3 may',
        'ops-3 (unproven) started this run, and cannot answer for it',
        'ops-1 (unproven) has approved "clear" already',
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
      failure: {
        type: 'Rejected',
        message: 'ops-1 (unproven) rejected "Clear cache": not at night',
      },
    });
    expect(firstStates(ending)).toEqual(['done', 'unreached', 'unreached']);
  });

  const hurried = test.extend({
    approvals: { by: ['operations'], quorum: 1, within: '1s', unproven: 'allow' },
  });
  hurried('refuses the step when nobody answers in time', async ({ runs }) => {
    const { ending } = await runs.run('practice', { approve: true });

    expect(ending.failure).toEqual({
      type: 'Rejected',
      message: 'Nobody approved "Clear cache" within 1s',
    });
  });
});
