import { Cron as Pattern } from 'croner';
import { Temporal as T } from 'temporal-polyfill';
import { detailed, type ScheduleRule } from '../schema/timetable.ts';
import { ordinals } from '../schema/values/times.ts';
import { scheduleText, type WindowOwner, zoneOf } from './schedule-text.ts';

/**
 * The days of the coming year on which a change of clocks meets a rule. Temporal reads the clock literally: what is due at
 * 02:30 does not start on a day without 02:30, and where 02:30 comes twice it starts once or, as in New York, twice.
 */
export function clockChanges(rule: ScheduleRule, maintenance: WindowOwner, now: Date): string[] {
  const end = now.getTime() + 366 * 86_400_000;
  const pattern = patternOf(rule, maintenance);
  const met: string[] = [];
  let change: T.ZonedDateTime | null = T.Instant.from(now.toISOString()).toZonedDateTimeISO(
    zoneOf(rule, maintenance),
  );
  for (;;) {
    change = change.getTimeZoneTransition('next');
    if (!change || change.epochMilliseconds > end) return met;
    const old = clockOf(change.subtract({ nanoseconds: 1 }));
    const now = clockOf(change);
    const [from, until] = [Math.min(old, now), Math.max(old, now)];
    const due = new Pattern(pattern, { ...WALL_CLOCK, startAt: new Date(from) }).nextRun();
    if (!due || due.getTime() >= until) continue;
    const fate =
      old < now
        ? 'does not come on DAY: the clocks go over it, and nothing starts'
        : 'comes twice on DAY: the clocks go back over it, and it may start twice';
    met.push(
      `${scheduleText(rule, maintenance)} ${fate.replace('DAY', due.toISOString().slice(0, 10))}`,
    );
  }
}

/** A wall clock, read as if it were UTC's. */
const WALL_CLOCK = { mode: '5-part', domAndDow: true, timezone: 'UTC' } as const;

function clockOf(time: T.ZonedDateTime): number {
  return time.toPlainDateTime().toZonedDateTime('UTC').epochMilliseconds;
}

/** The rule as a cron expression whose days must all match. */
function patternOf(rule: ScheduleRule, maintenance: WindowOwner): string {
  const { at, cron } = detailed(rule);
  if (cron !== undefined) return cron;
  if (at === 'hourly') return '0 * * * *';
  const { calendar, start } = maintenance?.window ?? { calendar: 'daily', start: '00:00' };
  const parts = (at === 'window' ? `${calendar} ${start}` : at!).split(' ');
  const [time, day, ordinal] = parts.toReversed() as [string, string?, string?];
  const [hour, minute] = time.split(':').map(Number);
  const first = ordinal === undefined ? 0 : ordinals.indexOf(ordinal) * 7 + 1;
  const days = first === 0 ? '*' : `${first}-${first + 6}`;
  return `${minute} ${hour} ${days} * ${day && day !== 'daily' ? day.slice(0, 3) : '*'}`;
}
