import type { Target } from '../schema/target.ts';
import { detailed, type ScheduleRule } from '../schema/timetable.ts';

/** A target's `maintenance`, as far as schedules go by it. */
export type WindowOwner = Pick<NonNullable<Target['maintenance']>, 'window'> | undefined;

/** When a rule starts its runbook, for people: `first SUNDAY 02:00 UTC`. */
export function scheduleText(rule: ScheduleRule, maintenance: WindowOwner): string {
  const { at, cron, jitter, paused } = detailed(rule);
  const zone = zoneOf(rule, maintenance);
  const times = {
    window: `${maintenance?.window.calendar} ${maintenance?.window.start} ${zone}`,
    hourly: 'hourly',
  }[at ?? ''];
  return [
    times ?? `${at ?? `cron ${cron}`} ${zone}`,
    ...(jitter ? [`up to ${jitter} later`] : []),
    ...(paused ? ['paused'] : []),
  ].join(', ');
}

/** The time zone in which a rule is read. */
export function zoneOf(rule: ScheduleRule, maintenance: WindowOwner): string {
  const { at, timezone } = detailed(rule);
  return (at === 'window' ? maintenance?.window.timezone : timezone) ?? 'UTC';
}
