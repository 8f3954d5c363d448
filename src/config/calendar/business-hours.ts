import { Temporal as T } from 'temporal-polyfill';
import type { Target } from '../schema/target.ts';
import { Weekday } from '../schema/values/times.ts';

type Calendar = Target['calendar'];

/** `from`, when people work then; else when they begin again. ISO 8601, UTC. */
export function businessHoursFrom(calendar: Calendar, from: string): string {
  const now = T.Instant.from(from).epochMilliseconds;
  const day = businessDaysFrom(calendar, from, -1).find(({ closes }) => closes > now);
  // A year without a business day is a mistake in the calendar: then no hour is better than another.
  return day ? new Date(Math.max(day.opens, now)).toISOString() : from;
}

/** The first day from then on, such as `2026-12-24` by the clock of those people, on which they work. */
export function businessDayFrom(calendar: Calendar, from: string): string {
  const instant = T.Instant.from(businessHoursFrom(calendar, from));
  return instant.toZonedDateTimeISO(calendar.timezone).toPlainDate().toString();
}

/** `from`, when nobody works then; else when they stop. ISO 8601, UTC. */
export function outOfHoursFrom(calendar: Calendar, from: string): string {
  let now = T.Instant.from(from).epochMilliseconds;
  for (const { opens, closes } of businessDaysFrom(calendar, from, -1))
    if (opens <= now && now < closes) now = closes;
  return new Date(now).toISOString();
}

/** When people stop working on the first business day after that of `from`. ISO 8601, UTC. */
export function nextBusinessDayEnds(calendar: Calendar, from: string): string {
  const now = T.Instant.from(from);
  const days = [...businessDaysFrom(calendar, from, -1)];
  // Before six in the morning it may still be yesterday's.
  const current = days.find(
    ({ opens, closes }) => opens <= now.epochMilliseconds && now.epochMilliseconds < closes,
  );
  const today = current?.date ?? now.toZonedDateTimeISO(calendar.timezone).toPlainDate();
  const day = days.find(({ date }) => T.PlainDate.compare(date, today) > 0);
  return day ? new Date(day.closes).toISOString() : from;
}

interface BusinessDay {
  readonly date: T.PlainDate;
  /** In ms since 1970, as `closes`. */
  readonly opens: number;
  readonly closes: number;
}

/** Those of the coming year, from that of `from` on, or so many days later. Hours over midnight belong to the day on which they begin. */
function* businessDaysFrom(
  { timezone, hours, weekend, holidays }: Calendar,
  from: string,
  first = 0,
): Generator<BusinessDay> {
  const [opens, closes] = hours.split('-').map((time) => T.PlainTime.from(time)) as [
    T.PlainTime,
    T.PlainTime,
  ];
  const today = T.Instant.from(from).toZonedDateTimeISO(timezone).toPlainDate();
  const at = (date: T.PlainDate, plainTime: T.PlainTime) =>
    date.toZonedDateTime({ timeZone: timezone, plainTime }).epochMilliseconds;
  const overnight = T.PlainTime.compare(closes, opens) <= 0 ? 1 : 0;
  for (let days = first; days <= 366; days += 1) {
    const date = today.add({ days });
    const free =
      weekend.includes(Weekday.options[date.dayOfWeek - 1]!) || holidays.includes(date.toString());
    if (!free)
      yield { date, opens: at(date, opens), closes: at(date.add({ days: overnight }), closes) };
  }
}
