import { describe, expect } from 'vitest';
import { clockChanges } from '../../src/config/calendar/clock-changes.ts';
import { scheduleText } from '../../src/config/calendar/schedule-text.ts';
import { loadTarget } from '../../src/config/load/load.ts';
import { ScheduleRule } from '../../src/config/schema/timetable.ts';
import { faultsOf, test, write } from './small-target.ts';

const window = { start: '02:00', duration: '2h', cutoff: '30m', timezone: 'Europe/Berlin' };
const maintenance = { window: { calendar: 'first SUNDAY', ...window }, chores: [] };

describe('ScheduleRule', () => {
  test.for([
    ['hourly', 'hourly'],
    ['09:00', '09:00 UTC'],
    ['23:59', '23:59 UTC'],
    ['SUNDAY 02:00', 'SUNDAY 02:00 UTC'],
    ['first SUNDAY 02:00', 'first SUNDAY 02:00 UTC'],
    ['window', 'first SUNDAY 02:00 Europe/Berlin'],
    [{ at: 'window', paused: true }, 'first SUNDAY 02:00 Europe/Berlin, paused'],
    [{ at: '09:00', timezone: 'Asia/Riyadh', jitter: '5m' }, '09:00 Asia/Riyadh, up to 5m later'],
    [{ cron: '30 2 * * MON-FRI', catchUp: '2h' }, 'cron 30 2 * * MON-FRI UTC'],
    [{ cron: '0,30 */6 1-7,15 jan-mar/2 *' }, 'cron 0,30 */6 1-7,15 jan-mar/2 * UTC'],
  ] as const)('%j means "%s"', ([rule, text]) => {
    expect(scheduleText(ScheduleRule.parse(rule), maintenance)).toBe(text);
  });

  test.for(['', '9:00', '24:00', 'Sunday 02:00', 'fifth SUNDAY 02:00', 'SUNDAY', 'hourly 09:00'])(
    'refuses "%s"',
    (rule) => {
      expect(ScheduleRule.safeParse(rule).success).toBe(false);
    },
  );

  test.for([
    [
      '{ at: noon }',
      'Cannot read "schedules.x.at" in FILE:6: Expected "hourly", "window", "09:00"',
    ],
    ['{ timezone: UTC }', 'Missing key "schedules.x.at"'],
    [
      '{ at: "09:00", timezon: UTC }',
      'Unknown key "schedules.x.timezon" in FILE:6: did you mean "timezone"?',
    ],
    [
      '{ at: "09:00", cron: "0 9 * * *" }',
      'Cannot read "schedules.x.at" in FILE:6: Expected either "at" or "cron"',
    ],
    [
      '{ at: "09:00", timezone: Asia/Atlantis }',
      'Cannot read "schedules.x.timezone" in FILE:6: Expected a time zone',
    ],
    [
      '{ at: hourly, timezone: Asia/Riyadh }',
      'Cannot read "schedules.x.timezone" in FILE:6: Expected none: "hourly" needs none',
    ],
    [
      '{ at: window }',
      'Cannot read "schedules.x" in FILE:6: Cannot find "window" in "maintenance"',
    ],
    [
      '{ at: "09:00", catchUp: 5s }',
      'Cannot read "schedules.x.catchUp" in FILE:6: Expected "10s" or more',
    ],
    [
      '{ cron: "* * * *" }',
      'Cannot read "schedules.x.cron" in FILE:6: Expected five fields, such as "30 2 * * MON-FRI", found "* * * *"',
    ],
    [
      '{ cron: "0 2 L * *" }',
      'Cannot read "schedules.x.cron" in FILE:6: Expected five fields without "L" or "W", which Temporal does not know: name a day that each month has, such as 1 or 28, found "0 2 L * *"',
    ],
    [
      '{ cron: "30 2 * * mon#1" }',
      'Cannot read "schedules.x.cron" in FILE:6: Expected five fields without "#", which Temporal does not know: for the first MONDAY of a month there is "at: first MONDAY 02:30", found "30 2 * * mon#1"',
    ],
    ['{ cron: "0 2 * * 0#2" }', 'there is "at: second SUNDAY 02:00", found'],
    ['{ cron: "*/5 2 * * FRI#5" }', 'there is only "at: first FRIDAY 02:00" to "at: fourth FRIDAY'],
    ['{ cron: "@daily" }', 'Expected five fields: in full it is "0 0 * * *", found "@daily"'],
    [
      '{ cron: "0 30 2 * * MON" }',
      'Expected five fields, the first of them the minute: here are 6',
    ],
    ['{ cron: "0 2 ? * MON" }', 'Expected five fields with "*" in place of "?"'],
    ['{ cron: "H 2 * * *" }', 'Expected five fields without "H"'],
    ['{ cron: "0 2 1-7 * MON" }', 'one weekday a month there is "at: first MONDAY 02:00", found'],
    [
      '{ cron: "0 24 * * *" }',
      'Cannot read "schedules.x.cron" in FILE:6: Expected cron fields: Invalid value for hour: 24',
    ],
    [
      '{ cron: "0 2 1 * MON" }',
      'Cannot read "schedules.x.cron" in FILE:6: Expected a day of the month or of the week',
    ],
    [
      '{ cron: "0 2 31 2 *" }',
      'Cannot read "schedules.x.cron" in FILE:6: Expected a time that comes, found "0 2 31 2 *"',
    ],
  ] as const)(
    'says what is wrong with %s',
    async ([rule, fault], { directory }: { directory: string }) => {
      await write(directory, 'shop', { schedules: `{ x: ${rule} }` });

      const faults = faultsOf(directory, 'shop');
      expect(faults).toEqual([expect.stringContaining(fault)]);
    },
  );

  test('takes what a runbook is to be given', async ({ directory }) => {
    await write(directory, 'shop', { schedules: '{ x: { at: "09:00", input: { deep: [1] } } }' });

    expect(loadTarget('shop', directory).schedules['x']).toEqual({
      at: '09:00',
      input: { deep: [1] },
      paused: false,
    });
  });
});

describe('clockChanges', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  const berlin = { timezone: 'Europe/Berlin', paused: false };
  const both = ['does not come on 2027-03-28', 'comes twice on 2027-10-31'];

  test.for<[ScheduleRule, string[]]>([
    [{ at: '02:30', ...berlin }, both],
    [{ at: '02:00', ...berlin }, both],
    [{ at: 'SUNDAY 02:59', ...berlin }, both],
    [{ at: 'fourth SUNDAY 02:30', ...berlin }, both.slice(0, 1)],
    [{ cron: '30 2 31 * *', ...berlin }, both.slice(1)],
    [{ cron: '*/20 * * * *', ...berlin }, both],
    [{ at: '01:30', timezone: 'America/New_York', paused: false }, ['comes twice on 2027-11-07']],
    [{ at: '03:00', ...berlin }, []],
    [{ at: '01:59', ...berlin }, []],
    [{ at: 'first SUNDAY 02:30', ...berlin }, []],
    [{ at: 'MONDAY 02:30', ...berlin }, []],
    [{ at: '02:30', timezone: 'Asia/Riyadh', paused: false }, []],
    ['02:30', []],
    ['hourly', []],
    ['window', []],
  ])('that meet %j are %j', ([rule, days]) => {
    const changes = clockChanges(rule, maintenance, now);

    expect(changes).toEqual(days.map((day) => expect.stringContaining(day)));
  });

  test('are known of the maintenance window as well', () => {
    const daily = { window: { calendar: 'daily', ...window }, chores: [] };

    expect(clockChanges('window', daily, now)[0]).toBe(
      'daily 02:00 Europe/Berlin does not come on 2027-03-28: the clocks go over it, and nothing starts',
    );
  });
});
