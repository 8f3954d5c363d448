import type { Email } from 'postal-mime';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import type { Target } from '../../src/config/schema/target.ts';
import { startGateway } from '../../src/gateway/start-gateway.ts';
import { incidentId } from '../../src/incident/alert-report.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { startMailServer } from '../notify/channels/support/mail-server.ts';
import { waiting } from '../support/people.ts';
import { type Runs, test as runTest, useRuns } from '../support/run.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { SECRET } from './support/gateway.ts';

const VARIABLES = ['RUNBOOK_GATEWAY_URL', 'RUNBOOK_GATEWAY_SECRET', 'PHONE_SMTP'];
const before = VARIABLES.map((name) => [name, process.env[name]] as const);
let mailbox: Awaited<ReturnType<typeof startMailServer>>;

beforeAll(async () => {
  mailbox = await startMailServer();
  process.env['PHONE_SMTP'] = `smtp://${mailbox.host}`;
  process.env['RUNBOOK_GATEWAY_SECRET'] = SECRET;
});
afterAll(async () => {
  for (const [name, value] of before)
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  await mailbox.close();
});

/** Two people with an address each, and nothing but mail. */
const asked = runTest.extend({
  closed: true,
  approvals: { by: ['operations'], quorum: 1, within: '5m', unproven: 'refuse' },
  escalation: [{ level: 1, to: 'operations', after: '0s' }],
});
const test = asked.extend<{ runs: Runs }>({
  runs: async ({ world }, use) => {
    const target: Target = {
      ...world,
      people: { 'ops-1': { email: 'ops-1@example.com' }, 'ops-2': { email: 'ops-2@example.com' } },
      channels: { email: { kind: 'smtp', url: 'env:PHONE_SMTP', from: 'runbooks@example.com' } },
    };
    await useRuns({ world: target, closed: true }, use);
  },
});

const mailTo = (name: string, subject: RegExp) => {
  const isTheirs = ({ to = [], subject: said = '' }: Email) =>
    to[0]?.address === `${name}@example.com` && subject.test(said);
  return vi.waitFor(() => {
    const mail = mailbox.mails.findLast(isTheirs);
    expect(mail, `a mail to ${name}`).toBeDefined();
    return mail!;
  }, TIMEOUT);
};
/** What a mail program makes a link of. */
const linkIn = ({ text = '' }: Email, word: string) =>
  new RegExp(`^${word}: (http\\S+)$`, 'm').exec(text)?.[1] ?? '';

describe('from the mail to the phone, and back to the run', () => {
  test('the page says what is asked, a button answers it once, and everybody hears how it went on', async ({
    runs,
  }) => {
    let answered: number[] = [];

    const { ending } = await runs.run(
      'practice',
      { approve: true },
      {
        by: 'ops-3@db1',
        login: { user: 'ops-3', host: 'db1' },
        meanwhile: async (run, client) => {
          const gateway = await startGateway({
            client,
            queue: runs.queue,
            targets: [],
            listen: { host: '127.0.0.1', port: 0 },
            sources: [],
            secret: SECRET,
            log: () => {},
          });
          process.env['RUNBOOK_GATEWAY_URL'] = gateway.address;
          const press = (link: string, fields: Record<string, string>) =>
            fetch(link, { method: 'POST', body: new URLSearchParams(fields) });
          try {
            const handle = await waiting(client, run, 'clear');
            const id = incidentId(run.split('/')[1]!, 'practice');
            const view = () => client.workflow.getHandle(id).query<Incident>('incident');
            const mail = await mailTo('ops-1', /^sev/);
            const answer = linkIn(mail, 'Answer');
            const acknowledge = linkIn(mail, 'Acknowledge');

            const page = await (await fetch(answer)).text();
            expect(page).toContain('You answer as <strong>ops-1</strong>');
            expect(page).toContain('it is only practice');
            expect((await view()).state).toBe('triggered');

            await press(acknowledge, { do: 'acknowledge' });
            await vi.waitFor(
              async () => expect((await view()).acknowledged?.by).toBe('ops-1 (link)'),
              TIMEOUT,
            );
            // Whoever was called, too, hears that somebody has it.
            expect((await mailTo('ops-2', /^sev/)).text).toBeDefined();

            const [first, second] = [
              await press(answer, { do: 'approve', text: 'looked at it' }),
              await press(answer, { do: 'approve' }),
            ];
            answered = [first.status, second.status];
            await handle.result();
            await vi.waitFor(
              async () =>
                expect((await client.workflow.getHandle(id).describe()).status.name).toBe(
                  'COMPLETED',
                ),
              TIMEOUT,
            );
            const over = async (name: string) => (await mailTo(name, /^sev/)).text ?? '';
            await vi.waitFor(async () => {
              for (const name of ['ops-1', 'ops-2'])
                expect(await over(name)).toMatch(/^It is resolved \(/);
            }, TIMEOUT);
          } finally {
            await gateway.stop();
          }
        },
      },
    );

    // Asked and answered already, or the question is gone with its step.
    expect([`${answered[0]} 409`, `${answered[0]} 410`]).toContain(answered.join(' '));
    expect(answered[0]).toBe(200);
    expect(ending).toMatchObject({
      outcome: 'done',
      interventions: [
        { what: 'approved', by: 'ops-1', who: { known: 'link' }, reason: 'looked at it' },
      ],
    });
    const threads = new Set(mailbox.mails.map(({ references }) => references));
    expect(threads.size).toBe(1);
  }, 120_000);
});
