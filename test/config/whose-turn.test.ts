import { describe, expect, test } from 'vitest';
import { whoseTurn } from '../../src/config/target/whose-turn.ts';

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
});
