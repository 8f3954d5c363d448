import type { ScheduleChange } from '../../client/schedules/sync-schedules.ts';
import type { ScheduleView } from '../../client/schedules/view-schedules.ts';
import { columns } from '../../report/columns.ts';

/** A line a change: what, which, and what differs. */
export function changeLines(changes: readonly ScheduleChange[]): string[] {
  return columns(
    changes.map(({ what, id, why, paused }) => [
      what,
      id,
      [...why, ...(paused === undefined ? [] : [`stays paused (${paused})`])].join('; '),
    ]),
  );
}

/** Each schedule, and below it when it starts next. */
export function scheduleLines(schedules: readonly ScheduleView[]): string[] {
  const heads = columns(
    schedules.map(({ id, state, when, note }) => [id, state, note ? `${when}  (${note})` : when]),
  );
  return schedules.flatMap(({ next, timezone }, index) => [
    heads[index]!,
    ...next.map((time) => `  ${zonedTime(time, timezone)}`),
  ]);
}

/** The first `count` starts of all schedules that are not paused. */
export function nextStarts(schedules: readonly ScheduleView[], count: number) {
  return schedules
    .filter(({ state }) => state !== 'paused')
    .flatMap(({ id, timezone, next }) => next.map((at) => ({ at, id, timezone })))
    .toSorted((a, b) => a.at.localeCompare(b.at) || a.id.localeCompare(b.id))
    .slice(0, count);
}

/** `Sun 2026-12-06 02:00 Asia/Riyadh`, and the same in UTC where that differs. */
export function zonedTime(iso: string, timeZone: string): string {
  if (timeZone === 'UTC') return `${clock(iso, 'UTC')} UTC`;
  return `${clock(iso, timeZone)} ${timeZone} (${clock(iso, 'UTC')} UTC)`;
}

function clock(iso: string, timeZone: string): string {
  const time = new Date(iso);
  const day = time.toLocaleDateString('en-GB', { timeZone, weekday: 'short' });
  return `${day} ${time.toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })}`;
}
