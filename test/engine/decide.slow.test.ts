import { describe, expect } from 'vitest';
import { decide, failing, refusal, waiting } from '../support/people.ts';
import { test } from '../support/run.ts';
import { takeBackup } from '../support/take-backup.ts';

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
            { step: 'inspect', attempt: 1, choice: 'retry', by: 'ops-1' },
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
      'Step "inspect" waits for no decision: it is done',
      'Step "clear" is at attempt 1, not 7: check again',
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
