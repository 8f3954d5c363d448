import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect } from 'vitest';
import { answerRun, controlRun, stopRun } from '../../src/client/runs/answer-run.ts';
import type { Login } from '../../src/config/border/who.ts';
import { auditOf } from '../support/audit.ts';
import { refusal, waiting } from '../support/people.ts';
import { type Runs, test } from '../support/run.ts';

const ana: Login = { user: 'ana', host: 'db1' };
const ben: Login = { user: 'root', host: 'db1', sudo: 'ben' };

describe.concurrent('on a server that lets in nobody without a certificate, an approval', () => {
  const closed = test.extend({
    closed: true,
    approvals: { by: [], quorum: 1, within: '5m', unproven: 'refuse' },
  });

  closed('is known by its login, whatever name is said beside', async ({ runs, world }) => {
    const refusals: string[] = [];

    const { ending } = await runs.run(
      'practice',
      { approve: true },
      {
        by: 'ana@db1',
        login: ana,
        meanwhile: async (run, client) => {
          const handle = await waiting(client, run, 'clear');
          for (const said of [
            { by: 'somebody else', login: ana },
            { by: 'somebody else' },
            { by: 'the duty officer', login: ben },
          ])
            refusals.push(await refusal(approve(runs, handle, said)));
        },
      },
    );

    expect(ending.outcome).toBe('done');
    expect(refusals).toEqual([
      'ana@db1 (login) for "somebody else" started this run, and cannot answer for it',
      expect.stringMatching(/^"somebody else" is unproven: .*unproven: allow/),
      'accepted',
    ]);
    expect(ending.who).toEqual({ name: 'ana@db1', known: 'login', login: ana });
    expect(ending.interventions).toMatchObject([
      { what: 'approved', by: 'ben@db1', who: { known: 'login', said: 'the duty officer' } },
    ]);
    expect(auditOf(world).map(({ what, by, who }) => `${what} ${by} ${who?.known}`)).toEqual([
      'started ana@db1 login',
      'approved ben@db1 login',
      'ended runbook undefined',
    ]);
  });

  closed(
    'that is given beforehand lets a lone operator go on, and says so',
    async ({ runs, world }) => {
      const { ending } = await runs.run(
        'practice',
        { approve: true },
        {
          by: 'ana@db1',
          login: ana,
          approve: ['clear'],
          because: 'I am alone, and the cache is stale',
        },
      );

      expect(ending.outcome).toBe('done');
      expect(ending.interventions).toMatchObject([
        { what: 'approved beforehand', step: 'clear', by: 'ana@db1', who: { known: 'login' } },
      ]);
      expect(auditOf(world)).toContainEqual(
        expect.objectContaining({
          what: 'approved beforehand',
          by: 'ana@db1',
          reason: 'I am alone, and the cache is stale',
        }),
      );
    },
  );

  closed(
    'cannot be given beforehand by somebody who is unproven, nor without a person or a reason',
    async ({ runs }) => {
      const because = 'it is late';
      const starts = [
        { by: 'ana@db1', approve: ['clear'], because },
        { by: 'ana@db1', login: ana, approve: ['clear'] },
        { by: 'schedule', approve: ['clear'], because, automatic: true },
      ];
      const reasons: (string | undefined)[] = [];
      for (const start of starts) {
        const { ending } = await runs.run('practice', { approve: true }, start);
        reasons.push(`${ending.failure?.type}: ${ending.failure?.message}`);
        expect(ending.interventions).toEqual([]);
      }

      expect(reasons).toEqual([
        expect.stringMatching(/^Refused: "ana@db1" is unproven/),
        'Refused: An approval that is given beforehand needs a reason: --because "..."',
        'Refused: What starts by itself approves nothing: a person must',
      ]);
    },
  );

  closed('and a pause and a stop show who they were', async ({ runs, world }) => {
    const { ending } = await runs.run(
      'practice',
      { approve: true },
      {
        by: 'ana@db1',
        login: ana,
        meanwhile: async (run, client) => {
          await waiting(client, run, 'clear');
          await controlRun(client, run, 'pause', { by: 'ben@db1', login: ben });
          await controlRun(client, run, 'resume', { by: 'night shift', login: ana });
          await stopRun(client, run, { by: 'ben@db1', login: ben, reason: 'not now' });
        },
      },
    );

    expect(ending.interventions.map(({ what, by, who }) => [what, by, who?.known])).toEqual([
      ['paused', 'ben@db1', 'login'],
      ['resumed', 'ana@db1', 'login'],
      ['stopped', 'ben@db1', 'login'],
    ]);
    expect(auditOf(world)).toContainEqual(
      expect.objectContaining({
        what: 'stopped',
        who: { name: 'ben@db1', known: 'login', login: ben },
      }),
    );
  });

  const named = closed.extend({
    approvals: {
      by: ['operations'],
      quorum: 1,
      within: '5m',
      unproven: 'refuse',
      beforehand: 'refuse',
    },
  });
  named(
    'counts by the logins of the contacts, and not beforehand where the target says so',
    async ({ runs, world }) => {
      const { operations } = world.contacts;
      Object.assign(operations!, { logins: { 'ops-1': ['ana'], 'ops-2': ['ben@db1'] } });
      const refusals: string[] = [];

      const alone = await runs.run(
        'practice',
        { approve: true },
        { login: ana, approve: ['clear'], because: 'alone' },
      );
      const { ending } = await runs.run(
        'practice',
        { approve: true },
        {
          by: 'ana@db2',
          login: { user: 'ana', host: 'db2' },
          meanwhile: async (run, client) => {
            const handle = await waiting(client, run, 'clear');
            for (const login of [{ user: 'carl', host: 'db1' }, ana, ben])
              refusals.push(await refusal(approve(runs, handle, { by: 'ops-2', login })));
          },
        },
      );

      expect(alone.ending.failure?.message).toContain('says "approvals: { beforehand: refuse }"');
      expect(refusals).toEqual([
        'carl@db1 (login) for "ops-2" may not answer for this target: ops-1, ops-2, ops-3 may',
        'ana@db1 (login) for "ops-2" started this run, and cannot answer for it',
        'accepted',
      ]);
      expect(ending.outcome).toBe('done');
    },
  );
});

describe.concurrent('on an open server, an approval', () => {
  test('is unproven, and yet none of whoever started the run under another name', async ({
    runs,
  }) => {
    const refusals: string[] = [];

    const { ending } = await runs.run(
      'practice',
      { approve: true },
      {
        by: 'ana@db1',
        login: ana,
        meanwhile: async (run, client) => {
          const handle = await waiting(client, run, 'clear');
          refusals.push(await refusal(approve(runs, handle, { by: 'another', login: ana })));
          refusals.push(await refusal(approve(runs, handle, { by: 'another', login: ben })));
        },
      },
    );

    expect(refusals).toEqual([
      'another (unproven, login ana@db1) started this run, and cannot answer for it',
      'accepted',
    ]);
    expect(ending.interventions).toMatchObject([
      { by: 'another', who: { known: 'unproven', login: ben } },
    ]);
  });

  test.extend({ approvals: { by: [], quorum: 1, within: '5m', unproven: 'refuse' } })(
    'counts nothing where the target does not say that it does',
    async ({ runs }) => {
      let said = '';

      const { ending } = await runs.run(
        'practice',
        { approve: true },
        {
          login: ana,
          meanwhile: async (run, client) => {
            const handle = await waiting(client, run, 'clear');
            said = await refusal(approve(runs, handle, { by: 'ben@db1', login: ben }));
            await handle.cancel();
          },
        },
      );

      expect(said).toMatch(/^"ben@db1" is unproven: nothing but the message says so/);
      expect(ending.outcome).toBe('stopped');
    },
  );
});

/** As the command line does. */
async function approve(
  { client }: Runs,
  { workflowId }: WorkflowHandle,
  said: { readonly by: string; readonly login?: Login },
): Promise<void> {
  try {
    await answerRun(client, workflowId, { word: 'approve', message: { step: 'clear', ...said } });
  } catch (error) {
    throw new Error((error as Error).message, { cause: error });
  }
}
