import { describe, expect } from 'vitest';
import type { Said } from '../../../src/client/incidents/simulate-incident.ts';
import type { Delivery } from '../../../src/incident/page.ts';
import { test } from '../../support/incidents.ts';

const MINUTE = 60_000;
const acknowledged = (minutes: number): Said => ({
  after: minutes * MINUTE,
  answer: { what: 'acknowledge', by: 'team-lead' },
});
const cleared = (minutes: number): Said => ({
  after: minutes * MINUTE,
  report: { status: 'resolved' },
});

describe.concurrent('an incident', () => {
  test('notifies level after level until somebody acknowledges, and then says how it goes on', async ({
    incidents,
    b,
  }) => {
    const { incident, escalation, pages } = await incidents.simulate(
      { severity: 'sev1' },
      { target: b, length: '80m', said: [acknowledged(40), cleared(50)] },
    );

    expect(escalation).toEqual(['0m on-call', '30m team-lead']);
    expect(incident).toMatchObject({
      state: 'resolved',
      acknowledged: { by: 'team-lead' },
      notified: ['on-call', 'team-lead'],
    });
    // B says nothing of how long a fault must stay away: 5 minutes.
    expect(minutes(incident.openedAt, incident.resolvedAt!)).toBe(55);
    const after = pages.filter(({ event }) => event !== 'trigger');
    expect(after.map(({ event, contact }) => `${event} ${contact}`).toSorted()).toEqual([
      'acknowledge on-call',
      'acknowledge team-lead',
      'resolve on-call',
      'resolve team-lead',
    ]);
    expect(new Set(pages.map(({ key }) => key)).size).toBe(pages.length);
    expect(new Set(pages.map(({ thread }) => thread)).size).toBe(1);
  });

  test('is acknowledged at once, and then says how it is known by whom', async ({
    incidents,
    b,
  }) => {
    const { incident, escalation } = await incidents.simulate(
      { severity: 'sev1' },
      {
        target: b,
        length: '20m',
        said: [
          {
            after: 5 * MINUTE,
            answer: {
              what: 'acknowledge',
              by: 'team-lead',
              id: '2f1d9a52-6f0e-4d0c-9d55-0d9d3e9f7c11',
              login: { user: 'ana', host: 'db1' },
            },
          },
        ],
      },
    );

    expect(escalation).toEqual(['0m on-call']);
    expect(incident.acknowledged?.by).toBe('team-lead (unproven, login ana@db1)');
    expect(incident.timeline.find(({ what }) => what === 'acknowledged')?.by).toBe(
      'team-lead (unproven, login ana@db1)',
    );
  });

  test('is not resolved by a fault that comes back, nor by what was said before it did', async ({
    incidents,
    b,
  }) => {
    const { incident, escalation } = await incidents.simulate(
      { severity: 'sev1' },
      {
        target: b,
        length: '45m',
        said: [cleared(10), { after: 12 * MINUTE, report: {} }],
      },
    );

    expect(incident).toMatchObject({ state: 'triggered', flaps: 1, count: 2 });
    expect(escalation).toEqual(['0m on-call', '30m team-lead']);
  });

  test('notifies the next level at once when nobody could be reached, and goes on trying', async ({
    incidents,
    b,
  }) => {
    let failures = 0;
    const { escalation, incident } = await incidents.simulate(
      { severity: 'sev1' },
      {
        target: b,
        length: '20m',
        deliver: async (_target, { contact }): Promise<Delivery[]> => {
          const fails = contact === 'on-call' && (failures += 1) <= 2;
          return [
            {
              channel: 'pager',
              delivered: !fails,
              rings: true,
              detail: fails ? 'HTTP 500' : '250 Ok',
            },
          ];
        },
      },
    );

    // 15 s and 30 s after the first try, the level after it without waiting.
    expect(escalation).toEqual(['0m on-call', '0m team-lead', '0m on-call', '1m on-call']);
    expect(incident.timeline.filter(({ what }) => what === 'unnotified')).toHaveLength(2);
    expect(incident.notified.toSorted()).toEqual(['on-call', 'team-lead']);
  });

  test('pages from the beginning when whoever acknowledged is not heard of again', async ({
    incidents,
    b,
  }) => {
    const note: Said = {
      after: 50 * MINUTE,
      answer: { what: 'note', by: 'team-lead', text: '...' },
    };
    const { escalation } = await incidents.simulate(
      { severity: 'sev1' },
      { target: b, length: '115m', said: [acknowledged(5), note] },
    );

    // An hour after the note, and the next level half an hour later again.
    expect(escalation).toEqual(['0m on-call', '110m on-call']);
  });

  test('goes through all levels again while nobody answers', async ({ incidents, a }) => {
    const { escalation } = await incidents.simulate(
      { severity: 'sev2' },
      { target: a, length: '95m' },
    );

    expect(escalation).toEqual([
      '0m operations',
      '15m development',
      '75m operations',
      '90m development',
    ]);
  });

  test('numbers its messages, also those that go out at the same time', async ({
    incidents,
    a,
  }) => {
    const updates = { to: 'management', every: '15m', of: ['sev1' as const] };
    const target = { ...a, incidents: { ...a.incidents, updates } };
    const { pages } = await incidents.simulate({ severity: 'sev1' }, { target, length: '20m' });

    expect(pages.map(({ event, contact }) => `${event} ${contact}`).toSorted()).toEqual([
      'note management',
      'trigger development',
      'trigger management',
      'trigger operations',
    ]);
    expect(new Set(pages.map(({ key }) => key)).size).toBe(pages.length);
  });

  test('calls everybody at once when it gets worse, those too whom it called for less', async ({
    incidents,
    a,
  }) => {
    const { escalation, incident } = await incidents.simulate(
      { severity: 'sev3' },
      { target: a, length: '20m', said: [{ after: 5 * MINUTE, report: { severity: 'sev1' } }] },
    );

    // Two of one moment go out beside each other.
    expect(escalation.toSorted()).toEqual([
      '0m operations',
      '15m development',
      '5m management',
      '5m operations',
    ]);
    expect(incident.severity).toBe('sev1');
  });

  test('of no haste waits for business hours, on the weekend and in the zone of the team', async ({
    incidents,
    b,
  }) => {
    const friday = nextFriday();
    const target = { ...b, severity: { ...b.severity, sev4: { respond: 'next-business-day' } } };
    const { escalation } = await incidents.simulate(
      { severity: 'sev4' },
      { target, at: friday, length: '36h' },
    );

    // From Friday 18:00 UTC to Sunday 08:00 in Riyadh, which is 05:00 UTC.
    expect(escalation).toEqual([`${35 * 60}m on-call`]);
  });

  test('that nobody had reported ends at once when it is said to be over', async ({
    incidents,
    a,
  }) => {
    const { incident, pages } = await incidents.simulate(
      { severity: 'sev1', status: 'resolved' },
      { target: a, length: '1m' },
    );

    expect(incident.state).toBe('resolved');
    expect(pages).toEqual([]);
  });
});

function minutes(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / MINUTE);
}

/** The next Friday, 18:00 UTC. */
function nextFriday(): Date {
  const now = new Date();
  const days = (5 - now.getUTCDay() + 7) % 7 || 7;
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + days, 18));
}
