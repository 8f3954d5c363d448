import { describe, expect, test } from 'vitest';
import { onCall, whoseTurn } from '../../src/config/calendar/whose-turn.ts';

const members = ['ann', 'ben', 'cem'];
const since = '2026-01-04T05:00:00Z';
const turns = { members, rotation: { every: '7d', since } };
const HOUR = 3_600_000;
const later = (hours: number) => new Date(Date.parse(since) + hours * HOUR).toISOString();

describe('whoseTurn', () => {
  test('hands over at the hour of "since", to the next in the order', () => {
    expect(whoseTurn(turns, since)).toBe('ann');
    expect(whoseTurn(turns, '2026-01-11T04:59:59.999Z')).toBe('ann');
    expect(whoseTurn(turns, '2026-01-11T05:00:00.000Z')).toBe('ben');
    expect(whoseTurn(turns, '2026-01-18T05:00:00.000Z')).toBe('cem');
    expect(whoseTurn(turns, '2026-01-25T05:00:00.000Z')).toBe('ann');
  });

  test('gives everybody a week of 168 hours in turn, through a year and its changes of clocks', () => {
    const hours = Array.from({ length: 52 * 168 }, (_, hour) => whoseTurn(turns, later(hour)));
    const weeks = Array.from(
      { length: 52 },
      (_, week) => new Set(hours.slice(week * 168, week * 168 + 168)),
    );

    expect(weeks.map((names) => [...names])).toEqual(
      Array.from({ length: 52 }, (_, week) => [members[week % 3]]),
    );
  });

  test('hands over once in a night whose clock goes back by an hour, and never to and fro', () => {
    const rotation = { every: '7d', at: 'SUNDAY 02:30', timezone: 'Europe/Berlin' };
    const since = '2026-10-04T00:00';
    const night = Array.from({ length: 6 * 60 }, (_, minute) => {
      const at = new Date(Date.parse('2026-10-24T22:00:00Z') + minute * 60_000).toISOString();
      return whoseTurn({ members, rotation: { ...rotation, since } }, at);
    });
    const changes = night.filter((one, minute) => minute > 0 && one !== night[minute - 1]);

    expect(night).not.toContain(undefined);
    expect(changes).toHaveLength(1);
  });

  test('goes backwards before "since", without a gap', () => {
    expect(whoseTurn(turns, later(-1))).toBe('cem');
    expect(whoseTurn(turns, later(-168))).toBe('cem');
    expect(whoseTurn(turns, later(-169))).toBe('ben');
    expect(whoseTurn(turns, later(-3 * 168))).toBe('ann');
  });

  test('names nobody where people take no turns', () => {
    expect(whoseTurn({ members }, since)).toBeUndefined();
    expect(whoseTurn({ members: [], rotation: turns.rotation }, since)).toBeUndefined();
  });

  test('gives way to whoever stands in, from the first moment to before the last', () => {
    const dan = { from: later(2), until: later(5), member: 'dan' };
    const at = (hours: number) => whoseTurn({ ...turns, overrides: [dan] }, later(hours));

    expect([2 - 1e-6, 2, 5 - 1e-6, 5].map(at)).toEqual(['ann', 'dan', 'dan', 'ann']);
  });

  test('lets the last entry win where several hold, whichever begins first', () => {
    const long = { from: later(0), until: later(10), member: 'dan' };
    const short = { from: later(4), until: later(6), member: 'eve' };
    const at = (overrides: (typeof long)[]) =>
      [3, 5, 7].map((hours) => whoseTurn({ ...turns, overrides }, later(hours)));

    expect(at([long, short])).toEqual(['dan', 'eve', 'dan']);
    expect(at([short, long])).toEqual(['dan', 'dan', 'dan']);
  });

  test('names who stands in where people take no turns, and nobody after', () => {
    const overrides = [{ from: later(0), until: later(1), member: 'dan' }];
    const at = (hours: number) => whoseTurn({ members: [], overrides }, later(hours));

    expect([0, 1].map(at)).toEqual(['dan', undefined]);
  });
});

describe('a handover by a clock on the wall', () => {
  const monday = { every: '7d', since: '2026-01-05T09:00:00+01:00', timezone: 'Europe/Berlin' };
  const who = (rotation: object, at: string) =>
    whoseTurn({ members, rotation: { every: '7d', ...rotation } }, at);

  test('stays at its hour when the clocks change, and does not without a time zone', () => {
    const { timezone: _none, ...fixed } = monday;
    const winter = ['2026-03-23T07:59:59Z', '2026-03-23T08:00:00Z'];
    const summer = ['2026-03-30T06:59:59Z', '2026-03-30T07:00:00Z'];

    expect(winter.map((at) => who(monday, at))).toEqual(['ben', 'cem']);
    expect(summer.map((at) => who(monday, at))).toEqual(['cem', 'ann']);
    expect(summer.map((at) => who(fixed, at))).toEqual(['cem', 'cem']);
  });

  test('is the same whether its beginning has an offset, or is written as the clock shows it', () => {
    const local = { ...monday, since: '2026-01-05T09:00' };
    for (let hour = 0; hour < 365 * 24; hour += 1)
      expect(who(local, later(hour))).toBe(who(monday, later(hour)));
  });

  test.for([
    ['MONDAY 09:00', '2026-01-05T08:00:00Z', '2026-01-12T08:00:00Z'],
    ['FRIDAY 17:30', '2026-06-26T15:30:00Z', '2026-07-03T15:30:00Z'],
  ] as const)('is each %s, with or without a first turn', ([at, begins, ends]) => {
    const rotation = { at, timezone: 'Europe/Berlin' };
    const shift = onCall({ members, rotation: { every: '7d', ...rotation } }, begins);

    expect(shift?.until).toBe(new Date(ends).toISOString());
    expect(who(rotation, begins)).not.toBe(
      who(rotation, new Date(Date.parse(begins) - 1).toISOString()),
    );
    // The first who begins not before "since" is the first of the list.
    expect(who({ ...rotation, since: '2026-01-03T00:00' }, '2026-01-10T00:00:00Z')).toBe('ann');
  });

  test('leaves nobody out and nobody twice, in days and through both changes', () => {
    const rotation = { every: '1d', at: '02:30', timezone: 'Europe/Berlin' };
    const days = Array.from({ length: 365 }, (_, day) => who(rotation, later(day * 24)));

    for (const [day, member] of days.entries())
      expect(member).toBe(members[(members.indexOf(days[0]!) + day) % 3]);
  });

  test('may be stood in for by the same clock, or by one of its own', () => {
    const from = '2026-07-06T12:00';
    const until = '2026-07-06T13:00';
    const at = (override: object) =>
      onCall(
        {
          members,
          rotation: monday,
          overrides: [{ from, until, member: 'dan', ...override }],
        },
        '2026-07-06T10:30:00Z',
      );

    expect(at({})).toMatchObject({ member: 'dan', until: '2026-07-06T11:00:00.000Z' });
    expect(at({ timezone: 'UTC' })).toMatchObject({ member: 'cem', by: 'turn' });
  });
});

describe('onCall', () => {
  test('tells until when the turn lasts', () => {
    expect(onCall(turns, later(1))).toEqual({ member: 'ann', by: 'turn', until: later(168) });
    expect(onCall(turns, later(168))).toEqual({ member: 'ben', by: 'turn', until: later(336) });
  });

  test('ends a turn where somebody stands in, and whoever stands in where a later entry does', () => {
    const overrides = [
      { from: later(2), until: later(8), member: 'dan' },
      { from: later(4), until: later(6), member: 'eve' },
    ];
    const at = (hours: number) => onCall({ ...turns, overrides }, later(hours));

    expect([1, 3, 5, 7, 9].map(at)).toEqual([
      { member: 'ann', by: 'turn', until: later(2) },
      { member: 'dan', by: 'override', until: later(4) },
      { member: 'eve', by: 'override', until: later(6) },
      { member: 'dan', by: 'override', until: later(8) },
      { member: 'ann', by: 'turn', until: later(168) },
    ]);
  });

  test('is not cut short by an entry that another outdoes', () => {
    const overrides = [
      { from: later(4), until: later(6), member: 'eve' },
      { from: later(2), until: later(8), member: 'dan' },
    ];

    expect(onCall({ members: [], overrides }, later(3))).toEqual({
      member: 'dan',
      by: 'override',
      until: later(8),
    });
  });
});
