import { describe, expect } from 'vitest';
import { decide, failing, waiting } from '../support/people.ts';
import { firstStates } from '../support/practice-states.ts';
import { test } from '../support/run.ts';
import { takeBackup } from '../support/take-backup.ts';

const asking = test.extend({ decisions: { wait: '5m', waitWhileDown: '0s' } });

describe.concurrent('decide', () => {
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

  asking(
    'is not asked while the application is down because of the run',
    async ({ world, systems, runs }) => {
      await takeBackup(world);

      const { ending } = await runs.run(
        'database-recovery',
        { backup: 'latest' },
        {
          around: failing('database.swap', Infinity),
        },
      );

      expect(ending).toMatchObject({ outcome: 'undone', left: [] });
      await systems.http.expectReady();
    },
  );
});
