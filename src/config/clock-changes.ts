import { Cron as Pattern } from 'croner';
import { Temporal as T } from 'temporal-polyfill';
import { scheduleText, zoneOf } from './schedule-text.ts';
import type { Target } from './target.ts';
import { detailed, type ScheduleRule } from './target/timetable.ts';

const ORDINALS = ['first', 'second', 'third', 'fourth'];

/**
 * The next day on which a rule does not start its runbook, because the clocks go forward over its time. Temporal reads
 * the clock literally: what is due at 02:30 does not start on a day without 02:30.
 */
export function skippedByClocks(
  rule: ScheduleRule,
  maintenance: Target['maintenance'],
  now: Date,
): string | undefined {
  const zone = zoneOf(rule, maintenance);
  const pattern = patternOf(rule, maintenance);
  const end = now.getTime() + 366 * 86_400_000;
  let change = T.Instant.from(now.toISOString()).toZonedDateTimeISO(zone);
  for (;;) {
    const next = change.getTimeZoneTransition('next');
    if (!next || next.epochMilliseconds > end) return undefined;
    change = next;
    const before = clockOf(change.subtract({ nanoseconds: 1 }));
    const after = clockOf(change);
    const missed = new Pattern(pattern, { ...WALL_CLOCK, startAt: new Date(before) }).nextRun();
    if (missed && missed.getTime() < after)
      return `${scheduleText(rule, maintenance)} does not come on ${missed.toISOString().slice(0, 10)}: the clocks go over it, and nothing starts`;
  }
}

/** A wall clock, read as if it were UTC's. */
const WALL_CLOCK = { mode: '5-part', domAndDow: true, timezone: 'UTC' } as const;

function clockOf(time: T.ZonedDateTime): number {
  return time.toPlainDateTime().toZonedDateTime('UTC').epochMilliseconds;
}

/** The rule as a cron expression whose days must all match. */
function patternOf(rule: ScheduleRule, maintenance: Target['maintenance']): string {
  const { at, cron } = detailed(rule);
  if (cron !== undefined) return cron;
  if (at === 'hourly') return '0 * * * *';
  const { calendar, start } = maintenance?.window ?? { calendar: 'daily', start: '00:00' };
  const words = (at === 'window' ? `${calendar} ${start}` : at!).split(' ');
  const [time, day, ordinal] = words.toReversed() as [string, string?, string?];
  const [hour, minute] = time.split(':').map(Number);
  const first = ordinal === undefined ? 0 : ORDINALS.indexOf(ordinal) * 7 + 1;
  const days = first === 0 ? '*' : `${first}-${first + 6}`;
  return `${minute} ${hour} ${days} * ${day && day !== 'daily' ? day.slice(0, 3) : '*'}`;
}
