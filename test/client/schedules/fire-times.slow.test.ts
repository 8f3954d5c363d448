import { describe, expect } from 'vitest';
import { lastDueTimes } from '../../../src/client/schedules/due-times.ts';
import { syncSchedules } from '../../../src/client/schedules/sync-schedules.ts';
import { isMoment, quartersWhen } from './clock.ts';
import { dueIn, expectCalendar } from './due-by-calendar.ts';
import { anyRunbook, test } from './with-schedules.ts';

/** With both changes of clocks and a leap day. */
const winter = { from: '2027-10-01T00:00:00.000Z', until: '2028-04-15T00:00:00.000Z' };

describe('what the server starts', () => {
  test('is what the calendar says', async ({ client, shop }) => {
    // With a first Friday on the first, and a first Sunday on the seventh.
    const autumn = { from: '2027-09-29T00:00:00.000Z', until: '2027-11-14T00:00:00.000Z' };

    expect(await expectCalendar(client, 'analytics-hub', shop, autumn)).toBeGreaterThan(1000);
  });

  test('is the same in zones that change their clocks, beside the hour that is changed', async ({
    client,
    shop,
  }) => {
    const target = shop({
      berlin: { at: '03:00', timezone: 'Europe/Berlin' },
      york: { at: 'first SUNDAY 03:15', timezone: 'America/New_York' },
      riyadh: { at: 'FRIDAY 00:30', timezone: 'Asia/Riyadh' },
      leap: { cron: '15 2 29 2 *', timezone: 'Europe/Berlin' },
      weekdays: { cron: '30 22 * * MON-FRI', timezone: 'America/New_York' },
    });
    await syncSchedules(client, [target], anyRunbook(target));
    const { from, until } = winter;
    const days = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'];
    const expected = {
      berlin: quartersWhen(from, until, 'Europe/Berlin', isMoment('03:00')),
      york: quartersWhen(from, until, 'America/New_York', isMoment('first SUNDAY 03:15')),
      riyadh: quartersWhen(from, until, 'Asia/Riyadh', isMoment('FRIDAY 00:30')),
      leap: ['2028-02-29T01:15:00.000Z'],
      weekdays: quartersWhen(
        from,
        until,
        'America/New_York',
        ({ weekday, time }) => time === '22:30' && days.includes(weekday),
      ),
    };

    const due: Record<string, string[]> = {};
    for (const runbook of Object.keys(expected))
      due[runbook] = await dueIn(client, `${target.name}/${runbook}`, winter);

    expect(due).toEqual(expected);
    expect(expected.berlin).toContain('2028-02-29T02:00:00.000Z');
    expect(expected.york).toContain('2028-03-05T08:15:00.000Z');
  });

  test('leaves out the time that the clocks go over, and has one that comes twice once or twice', async ({
    client,
    shop,
  }) => {
    const target = shop({
      'daily-backup': { at: '02:30', timezone: 'Europe/Berlin' },
      repair: { at: '01:30', timezone: 'America/New_York' },
    });
    await syncSchedules(client, [target], anyRunbook(target));

    const berlin = await dueIn(client, `${target.name}/daily-backup`, winter);
    const york = await dueIn(client, `${target.name}/repair`, winter);

    expect(onDays(berlin, '2028-03-26')).toEqual([]);
    expect(onDays(berlin, '2027-10-31')).toHaveLength(1);
    expect(onDays(york, '2027-11-07')).toHaveLength(2);
  });

  test('tells the last two times a schedule was due, however far they are apart', async ({
    client,
    shop,
  }) => {
    const target = shop({
      'daily-backup': 'hourly',
      repair: 'first MONDAY 10:00',
      leap: { cron: '0 2 29 2 *' },
    });
    await syncSchedules(client, [target], anyRunbook(target));
    const later = (days: number) =>
      new Date(Date.parse('2028-03-01T00:00:00Z') + days * 86_400_000);
    const last = async (runbook: string, next?: readonly Date[]) => {
      const due = await lastDueTimes(
        client,
        `${target.name}/${runbook}`,
        new Date('2028-03-01T00:30:00Z'),
        next,
      );
      return due.map((time) => time.toISOString().slice(0, 16));
    };

    expect(await last('daily-backup')).toEqual(['2028-02-29T23:00', '2028-03-01T00:00']);
    expect(await last('repair')).toEqual(['2028-01-03T10:00', '2028-02-07T10:00']);
    expect(await last('leap')).toEqual(['2028-02-29T02:00']);
    // What is next only says where to begin: who is wrong about it learns the same.
    for (const gap of [0.04, 7, 28, 1461]) {
      const next = [new Date('2028-03-01T00:00:00Z'), later(gap)];
      expect(await last('daily-backup', next)).toEqual(['2028-02-29T23:00', '2028-03-01T00:00']);
      expect(await last('repair', next)).toEqual(['2028-01-03T10:00', '2028-02-07T10:00']);
    }
  });
});

function onDays(times: readonly string[], day: string): string[] {
  return times.filter((time) => time.startsWith(day));
}
