import { describe, expect, test } from 'vitest';
import { maintenanceWindowAt } from '../../src/config/calendar/maintenance-window.ts';

const seedA = {
  calendar: 'first SUNDAY',
  start: '02:00',
  duration: '2h',
  cutoff: '30m',
  timezone: 'UTC',
};

describe('the maintenance window', () => {
  test.each([
    ['on the day before', '2026-02-28T23:00:00Z', '2026-03-01T02:00:00.000Z'],
    ['while it is open', '2026-03-01T03:59:59Z', '2026-03-01T02:00:00.000Z'],
    ['as it ends', '2026-03-01T04:00:00Z', '2026-04-05T02:00:00.000Z'],
    ['when the month begins on a Sunday', '2026-10-31T12:00:00Z', '2026-11-01T02:00:00.000Z'],
    ['over a leap day', '2028-02-07T00:00:00Z', '2028-03-05T02:00:00.000Z'],
  ])('is the first Sunday: seen %s', (_when, now, from) => {
    expect(maintenanceWindowAt(seedA, new Date(now)).from).toBe(from);
  });

  test('names its end and its cutoff', () => {
    expect(maintenanceWindowAt(seedA, new Date('2026-03-01T02:30:00Z'))).toEqual({
      from: '2026-03-01T02:00:00.000Z',
      until: '2026-03-01T04:00:00.000Z',
      cutoff: '2026-03-01T03:30:00.000Z',
    });
  });

  test('is open since the evening before when it goes over midnight', () => {
    const rule = { ...seedA, calendar: 'SATURDAY', start: '23:00', timezone: 'Asia/Riyadh' };

    expect(maintenanceWindowAt(rule, new Date('2026-03-07T21:30:00Z')).from).toBe(
      '2026-03-07T20:00:00.000Z',
    );
  });

  test.each([
    // 02:00 does not exist on the day in March, and comes twice on the day in October.
    ['2026-03-29T00:00:00Z', '2026-03-29T01:00:00.000Z', '2026-03-29T03:00:00.000Z'],
    ['2026-10-25T00:00:00Z', '2026-10-25T00:00:00.000Z', '2026-10-25T02:00:00.000Z'],
  ])('is two real hours long when the clocks change (%s)', (now, from, until) => {
    const rule = { ...seedA, calendar: 'SUNDAY', timezone: 'Europe/Berlin' };

    expect(maintenanceWindowAt(rule, new Date(now))).toMatchObject({ from, until });
  });
});
