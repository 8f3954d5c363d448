import type { Client } from '@temporalio/client';
import { describe, expect, vi } from 'vitest';
import { type AnswerLink, signAnswer } from '../../src/config/links/answer-token.ts';
import { startGateway } from '../../src/gateway/start-gateway.ts';
import { incidentId } from '../../src/incident/alert-report.ts';
import { failing, waiting } from '../support/people.ts';
import { test as runTest } from '../support/run.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { SECRET, signalsTo } from './support/gateway.ts';

const MINUTE = 60_000;
const test = runTest.extend({
  closed: true,
  approvals: { by: ['operations'], quorum: 2, within: '5m', unproven: 'refuse' },
  decisions: { wait: '5m', waitWhileDown: '5m' },
  escalation: [{ level: 1, to: 'operations', after: '0s' }],
});

function linkFor(run: string, person: string, more: Partial<AnswerLink> = {}, secret = SECRET) {
  const until = new Date(Date.now() + 5 * MINUTE).toISOString();
  const link = { run, step: 'clear', choices: ['approve', 'reject'], until, person } as const;
  return `/answer/${signAnswer({ ...link, choices: [...link.choices], ...more }, secret)}`;
}

/** Answers requests of a phone while `work` goes on. */
async function withGateway(client: Client, work: (phone: Phone) => Promise<void>): Promise<void> {
  const gateway = await startGateway({
    client,
    targets: [],
    listen: { host: '127.0.0.1', port: 0 },
    sources: [],
    secret: SECRET,
    log: () => {},
  });
  try {
    const answered = async (response: Response) => ({
      status: response.status,
      text: await response.text(),
    });
    await work({
      open: async (path) => answered(await fetch(`${gateway.address}${path}`)),
      press: async (path, fields) => {
        const body = new URLSearchParams(fields);
        return answered(await fetch(`${gateway.address}${path}`, { method: 'POST', body }));
      },
    });
  } finally {
    await gateway.stop();
  }
}

interface Page {
  readonly status: number;
  readonly text: string;
}

interface Phone {
  readonly open: (path: string) => Promise<Page>;
  readonly press: (path: string, fields: Readonly<Record<string, string>>) => Promise<Page>;
}

describe.concurrent('/answer/<token>', () => {
  test('approves once, in the name of whoever holds the link, but never of the requester', async ({
    runs,
    world,
  }) => {
    const said: (readonly [number, string])[] = [];
    let asked: unknown;

    const { ending } = await runs.run(
      'practice',
      { approve: true },
      {
        by: 'ops-3@db1',
        login: { user: 'ops-3', host: 'db1' },
        meanwhile: async (run, client) => {
          const handle = await waiting(client, run, 'clear');
          asked = await signalsTo(client, incidentId(world.name, 'practice'));
          await withGateway(client, async ({ open, press }) => {
            const note = async (answer: Promise<{ status: number; text: string }>) => {
              const { status, text } = await answer;
              said.push([status, /<main>\s*<h1>[^]*<\/main>/.exec(text)?.[0] ?? text]);
            };
            const mine = linkFor(run, 'ops-1');
            await note(open(mine));
            expect((await handle.query<readonly unknown[]>('ledger')).length).toBeGreaterThan(0);
            await note(press(mine, { do: 'retry' }));
            await note(press(linkFor(run, 'ops-3'), { do: 'approve' }));
            await note(press(linkFor(run, 'operations'), { do: 'approve' }));
            await note(press(linkFor(run, 'ops-1', {}, `${SECRET}.`), { do: 'approve' }));
            const past = new Date(Date.now() - 1).toISOString();
            await note(press(linkFor(run, 'ops-1', { until: past }), { do: 'approve' }));
            await note(press(mine, { do: 'approve', text: 'looked at it' }));
            await note(press(mine, { do: 'approve' }));
            await note(press(linkFor(run, 'ops-2'), { do: 'approve' }));
          });
        },
      },
    );

    expect(said.map(([status]) => status)).toEqual([200, 400, 409, 409, 404, 410, 200, 409, 200]);
    const texts = said.map(([, text]) => text);
    expect(texts[0]).toContain('You answer as <strong>ops-1</strong>');
    expect(texts[0]).toContain('value="approve"');
    expect(texts[2]).toContain('ops-3 (link) started this run, and cannot answer for it');
    expect(texts[3]).toContain('operations (link) may not answer for this target: ops-1, ops-2');
    expect(texts[7]).toMatch(/has approved &quot;clear&quot; already/);
    expect(ending).toMatchObject({
      outcome: 'done',
      interventions: [
        { what: 'approved', by: 'ops-1', who: { known: 'link' }, reason: 'looked at it' },
        { what: 'approved', by: 'ops-2', who: { known: 'link' } },
      ],
    });
    expect(asked).toMatchObject([
      { question: { run: ending.run, step: 'clear', choices: ['approve', 'reject'] } },
    ]);
  });

  test('decides on the attempt that was asked about, and on no later one', async ({ runs }) => {
    const said: { status: number; text: string }[] = [];

    const { ending } = await runs.run(
      'practice',
      {},
      {
        around: failing('redis.clearPrefix', 2),
        meanwhile: async (run, client) => {
          await waiting(client, run, 'clear');
          const link = (attempt: number) =>
            linkFor(run, 'ops-1', { attempt, choices: ['retry', 'undo'] });
          await withGateway(client, async ({ open, press }) => {
            said.push(await open(link(1)), await press(link(1), { do: 'retry' }));
            await vi.waitFor(
              async () => expect((await open(link(2))).text).toContain('Try it again'),
              TIMEOUT,
            );
            said.push(await press(link(1), { do: 'undo' }), await press(link(2), { do: 'retry' }));
          });
        },
      },
    );

    expect(said.map(({ status }) => status)).toEqual([200, 200, 410, 200]);
    expect(said[2]!.text).toContain('This was asked at attempt 1');
    expect(ending).toMatchObject({
      outcome: 'done',
      interventions: [
        { what: 'decided', choice: 'retry', by: 'ops-1', who: { known: 'link' } },
        { what: 'decided', choice: 'retry' },
      ],
    });
  });

  test('says that the run is over', async ({ runs }) => {
    const { run } = await runs.run('practice', {});

    await withGateway(runs.client, async ({ open, press }) => {
      const link = linkFor(run, 'ops-1');
      expect((await open(link)).text).toContain('The run is over');
      expect((await press(link, { do: 'approve' })).status).toBe(410);
      expect((await open(linkFor('practice/none/20260101_000000', 'ops-1'))).status).toBe(410);
    });
  });
});
