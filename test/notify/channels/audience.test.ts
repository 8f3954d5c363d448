import { describe, expect } from 'vitest';
import { startMailServer } from './support/mail-server.ts';
import { test } from './support/world.ts';

const channels = {
  email: { kind: 'smtp', url: 'env:SMTP', from: 'runbooks@example.com' },
  calls: { kind: 'webhook', url: 'env:CALLS', rings: true },
  slack: { kind: 'slack-webhook', url: 'env:SLACK' },
};
const people = {
  ann: { email: 'ann@example.com', slack: 'U0000ANN1', phone: '+1 555 0101' },
  ben: { email: 'ben@example.com', slack: 'U0000BEN1' },
  dan: { phone: '+1 555 0104' },
};
const box = { email: 'ops@example.com', slack: '#ops-team', phone: '+1 555 0100' };
const rotation = { every: '7d', since: '2026-01-05T00:00:00Z' };

const worldTest = test.extend<{
  told: (contact: object, page?: object) => Promise<Record<string, unknown>>;
}>({
  told: async ({ world }, use) => {
    const mail = await startMailServer();
    const calls = await world.listen();
    const slack = await world.listen();
    const secrets = {
      'env:SMTP': `smtp://${mail.host}`,
      'env:CALLS': calls.url,
      'env:SLACK': slack.url,
    };
    await use(async (contact, page = {}) => {
      for (const { heard } of [calls, slack]) heard.splice(0);
      mail.mails.splice(0);
      const contacts = { operations: { members: [], ...contact } };
      const given = { urgent: true, ...page };
      const deliveries = await world.send(channels, given, { contacts, people, secrets });
      const payloads = calls.heard.map(({ body, headers }) => ({
        ...(JSON.parse(body) as { phone?: string; member?: string }),
        key: headers['idempotency-key'],
      }));
      return {
        mails: sorted(mail.mails.map(({ to }) => to![0]!.address)),
        phones: sorted(payloads.map(({ phone }) => phone)),
        members: sorted(payloads.map(({ member }) => member)),
        keys: new Set(payloads.map(({ key }) => key)).size,
        slack: slack.heard.map(
          ({ body }) => (JSON.parse(body) as { text: string }).text.split('*')[0],
        ),
        delivered: deliveries.every(({ delivered }) => delivered),
      };
    });
    await mail.close();
  },
});

describe('a page to a contact', () => {
  worldTest('goes to its box, once, when nobody has an address', async ({ told }) => {
    expect(await told({ ...box, members: ['eve', 'fay'] })).toMatchObject({
      mails: ['ops@example.com'],
      phones: ['+1 555 0100'],
      slack: ['#ops-team '],
      delivered: true,
    });
  });

  worldTest('whose members take turns goes to who is on duty', async ({ told }) => {
    const contact = { ...box, members: ['ann', 'ben', 'eve'], rotation };

    expect(await told(contact)).toMatchObject({
      mails: ['ann@example.com'],
      phones: ['+1 555 0101'],
      members: ['ann'],
      slack: ['<@U0000ANN1> '],
    });
    // What ben has not, the contact has.
    expect(await told(contact, { at: '2026-01-13T00:00:00.000Z' })).toMatchObject({
      mails: ['ben@example.com'],
      phones: ['+1 555 0100'],
      members: ['ben'],
      slack: ['<@U0000BEN1> '],
    });
    expect(await told(contact, { at: '2026-01-20T00:00:00.000Z' })).toMatchObject({
      mails: ['ops@example.com'],
      phones: ['+1 555 0100'],
      slack: ['#ops-team '],
    });
  });

  worldTest('goes to who stands in, a member or not', async ({ told }) => {
    const dan = { from: '2026-01-05T00:00:00Z', until: '2026-01-06T00:00:00Z', member: 'dan' };

    expect(await told({ ...box, members: ['ann'], rotation, overrides: [dan] })).toMatchObject({
      mails: ['ops@example.com'],
      phones: ['+1 555 0104'],
      members: ['dan'],
    });
  });

  worldTest(
    'without turns goes to all its members, each by a key of their own',
    async ({ told }) => {
      expect(await told({ ...box, members: ['ann', 'ben', 'dan', 'eve'] })).toMatchObject({
        mails: ['ann@example.com', 'ben@example.com', 'ops@example.com'],
        phones: ['+1 555 0100', '+1 555 0101', '+1 555 0104'],
        keys: 3,
        slack: ['<@U0000ANN1> <@U0000BEN1> #ops-team '],
      });
    },
  );

  worldTest('that is not urgent goes to each by the first that reaches them', async ({ told }) => {
    expect(await told({ members: ['ann', 'ben'] }, { urgent: false })).toMatchObject({
      mails: ['ann@example.com', 'ben@example.com'],
      phones: [],
      slack: [],
    });
    // dan has neither mail nor Slack: he gets what has no address of its own to send to.
    expect(await told({ members: ['dan'] }, { urgent: false })).toMatchObject({
      mails: [],
      slack: [],
    });
  });
});

function sorted(texts: readonly (string | undefined)[]): string[] {
  return texts.map(String).toSorted((one, other) => one.localeCompare(other));
}
