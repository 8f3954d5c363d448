import { describe, expect, test } from 'vitest';
import { uncalledPeople } from '../../src/config/load/check-people.ts';
import { targetIn } from '../support/target.ts';

type Keys = Parameters<typeof targetIn>[1];

const NOW = new Date('2026-01-05T10:00:00Z');
const base = {
  contacts: { operations: { email: 'ops@example.com' } },
  escalation: [{ level: 1, to: 'operations' }],
  channels: { pager: { kind: 'webhook', url: 'env:PAGER', rings: true } },
} as const;

function warningsOf(keys: Keys = {}): string[] {
  return uncalledPeople(
    targetIn('/tmp/target-people', { ...(base as unknown as Keys), ...keys }),
    NOW,
  );
}

describe('uncalledPeople', () => {
  test('finds nothing where everybody is reached at all times', () => {
    expect(warningsOf()).toEqual([]);
  });

  test('names a member whom no channel reaches, and not those who have an address', () => {
    const contacts = { operations: { members: ['ann', 'ben'] } };
    const people = { ann: { email: 'ann@example.com' } };
    const channels = { email: { kind: 'smtp', url: 'env:SMTP' } } as const;

    expect(warningsOf({ contacts, people, channels })).toEqual([
      '"ben" of "operations" is reached by no channel of "channels"',
      expect.stringContaining('sev1 reaches no channel that rings'),
    ]);
  });

  test('names a severity that calls nobody, or nobody at night', () => {
    const escalation = [
      {
        level: 1,
        to: 'operations',
        when: { severity: ['sev1', 'sev3'] },
        during: 'business-hours',
      },
    ] as const;

    expect(warningsOf({ escalation: [...escalation] as never })).toEqual([
      'Nobody is paged of sev1 out of business hours: add a line with "during: out-of-hours", or one without "during"',
      'Nobody is paged of sev2: no line of "escalation" is for it',
      'Nobody is paged of sev4: no line of "escalation" is for it',
    ]);
  });

  test.for([
    [
      'a list of overrides that ends',
      [{ from: '2026-01-01T00:00:00Z', until: '2026-02-01T00:00:00Z' }],
      'from 2026-02-01T00:00:00Z on',
    ],
    [
      'a day between two of them',
      [
        { from: '2026-02-02T00:00:00Z', until: '2028-01-01T00:00:00Z' },
        { from: '2026-01-01T00:00:00Z', until: '2026-02-01T00:00:00Z' },
      ],
      'from 2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z',
    ],
    [
      'one that has not begun',
      [{ from: '2026-02-01T00:00:00Z', until: '2028-01-01T00:00:00Z' }],
      'from 2026-01-05T10:00:00Z to 2026-02-01T00:00:00Z',
    ],
  ] as const)('finds a gap in %s', ([, times, gap]) => {
    const overrides = times.map((time) => ({ ...time, member: 'dan' }));
    const contact = { email: 'ops@example.com', overrides };

    expect(warningsOf({ contacts: { operations: contact } })).toEqual([
      `Nobody is on call for "operations" ${gap}: its "overrides" leave a gap, and it has neither "rotation" nor "members"`,
    ]);
    expect(warningsOf({ contacts: { operations: { ...contact, members: ['ann'] } } })).toEqual([]);
  });

  test('says from when a handover is an hour off, and is content with a time zone', () => {
    const rotation = { every: '7d', since: '2026-01-05T09:00:00+01:00' };
    const at = (more: object) =>
      warningsOf({
        calendar: { timezone: 'Europe/Berlin' },
        contacts: { operations: { members: ['ann', 'ben'], rotation: { ...rotation, ...more } } },
      });

    expect(at({})).toEqual([
      '"operations" hands over later by the clocks of Europe/Berlin from 2026-03-29 on: say "timezone: Europe/Berlin" in its "rotation"',
    ]);
    expect(at({ timezone: 'Europe/Berlin' })).toEqual([]);
  });

  test('takes an address that nobody uses for a slip', () => {
    const contacts = { operations: { members: ['ann', 'ben'] } };

    expect(warningsOf({ contacts, people: { anm: {}, ben: {}, zoe: {} } })).toEqual([
      '"anm" of "people" is named by no contact: did you mean "ann"?',
      '"zoe" of "people" is named by no contact',
    ]);
  });
});
