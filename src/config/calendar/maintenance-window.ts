import { Temporal as T } from 'temporal-polyfill';
import type { Target } from '../schema/target.ts';
import { ordinals, Weekday } from '../schema/values/times.ts';
import { type Duration, inMilliseconds } from '../time/duration.ts';

/** When runs may disturb the people who use the target. ISO 8601, UTC. */
export interface MaintenanceWindow {
  readonly from: string;
  readonly until: string;
  /** After it no step begins. */
  readonly cutoff: string;
}

type Rule = NonNullable<Target['maintenance']>['window'];

/** Two fourth Sundays are at most 35 days apart. */
const DAYS_AHEAD = 36;

/** The window that is open at `now`, or else the next. Its length is real time: a change of clocks makes it no shorter. */
export function maintenanceWindowAt(rule: Rule, now: Date): MaintenanceWindow {
  const length = inMilliseconds(rule.duration);
  const today = T.Instant.from(now.toISOString()).toZonedDateTimeISO(rule.timezone).toPlainDate();
  const begun = Math.ceil(length / inMilliseconds('1d' satisfies Duration));
  for (let day = -begun; day <= DAYS_AHEAD; day += 1) {
    const date = today.add({ days: day });
    if (!isOn(date, rule.calendar)) continue;
    const from = date.toZonedDateTime({
      timeZone: rule.timezone,
      plainTime: rule.start,
    }).epochMilliseconds;
    if (from + length <= now.getTime()) continue;
    return windowFrom(new Date(from), rule);
  }
  throw new Error(`No day is "${rule.calendar}"`);
}

/** The window that a person opens by hand. */
export function windowFrom(from: Date, { duration, cutoff }: Rule): MaintenanceWindow {
  const until = from.getTime() + inMilliseconds(duration);
  return {
    from: from.toISOString(),
    until: new Date(until).toISOString(),
    cutoff: new Date(until - inMilliseconds(cutoff)).toISOString(),
  };
}

/** `daily`, `SUNDAY` or `first SUNDAY`. */
function isOn({ day, dayOfWeek }: T.PlainDate, calendar: string): boolean {
  if (calendar === 'daily') return true;
  const [weekday, ordinal] = calendar.split(' ').toReversed() as [string, string?];
  if (Weekday.options[dayOfWeek - 1] !== weekday) return false;
  return ordinal === undefined || Math.ceil(day / 7) === ordinals.indexOf(ordinal) + 1;
}
