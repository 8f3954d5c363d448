import type { CalendarSpecDescription, ScheduleSpec } from '@temporalio/client';
import { scheduleText, type WindowOwner, zoneOf } from '../../config/calendar/schedule-text.ts';
import { detailed, type ScheduleRule } from '../../config/schema/timetable.ts';
import type { Weekday } from '../../config/schema/values/times.ts';
import { inMilliseconds } from '../../config/time/duration.ts';

/** A rule of a target, in Temporal's terms. */
export function scheduleSpec(rule: ScheduleRule, maintenance: WindowOwner): ScheduleSpec {
  const { at, cron, jitter } = detailed(rule);
  return {
    ...(cron === undefined
      ? { calendars: [calendarOf(momentOf(at!, maintenance), scheduleText(rule, maintenance))] }
      : { cronExpressions: [cron] }),
    timezone: zoneOf(rule, maintenance),
    ...(jitter && { jitter: inMilliseconds(jitter) }),
  };
}

function momentOf(at: string, maintenance: WindowOwner): string {
  if (at !== 'window') return at;
  const { calendar, start } = maintenance!.window;
  return calendar === 'daily' ? start : `${calendar} ${start}`;
}

/** With every field, as Temporal describes it: so the two can be compared. Shown beside it in Temporal UI: `comment`. */
function calendarOf(moment: string, comment: string): CalendarSpecDescription {
  const every = {
    second: [one(0)],
    minute: [one(0)],
    hour: [{ start: 0, end: 23, step: 1 }],
    dayOfMonth: [{ start: 1, end: 31, step: 1 }],
    month: [{ start: 'JANUARY', end: 'DECEMBER', step: 1 }],
    year: [],
    dayOfWeek: [{ start: 'SUNDAY', end: 'SATURDAY', step: 1 }],
    comment,
  } satisfies CalendarSpecDescription;
  if (moment === 'hourly') return every;
  const [time, day, ordinal] = moment.split(' ').toReversed() as [string, Weekday?, string?];
  const [hour, minute] = time.split(':').map(Number) as [number, number];
  return {
    ...every,
    hour: [one(hour)],
    minute: [one(minute)],
    ...(day && { dayOfWeek: [one(day)] }),
    // Fields must all match: the first Sunday is the one among the first seven days.
    ...(ordinal && {
      dayOfMonth: [sevenDays(['first', 'second', 'third', 'fourth'].indexOf(ordinal))],
    }),
  };
}

function sevenDays(week: number) {
  return { start: week * 7 + 1, end: week * 7 + 7, step: 1 };
}

function one<Unit>(value: Unit) {
  return { start: value, end: value, step: 1 };
}
