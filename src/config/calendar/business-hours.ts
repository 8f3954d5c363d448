import { Temporal as T } from 'temporal-polyfill';
import type { Target } from '../schema/target.ts';
import { Weekday } from '../schema/values/times.ts';

type Calendar = Target['calendar'];

/** `from`, when people work then; else when they begin again. ISO 8601, UTC. */
export function businessHoursFrom(calendar: Calendar, from: string): string {
  const now = T.Instant.from(from).epochMilliseconds;
  const day = businessDaysFrom(calendar, from).find(({ closes }) => closes > now);
  // A year without a business day is a mistake in the calendar: then no hour is better than another.
  return day ? new Date(Math.max(day.opens, now)).toISOString() : from;
}

/** When people stop working on the first business day after that of `from`. ISO 8601, UTC. */
export function nextBusinessDayEnds(calendar: Calendar, from: string): string {
  const today = T.Instant.from(from).toZonedDateTimeISO(calendar.timezone).toPlainDate();
  const day = businessDaysFrom(calendar, from).find(({ date }) => !date.equals(today));
  return day ? new Date(day.closes).toISOString() : from;
}

interface BusinessDay {
  readonly date: T.PlainDate;
  /** In ms since 1970, as `closes`. */
  readonly opens: number;
  readonly closes: number;
}

/** Those of the coming year, that of `from` among them. */
function* businessDaysFrom(
  { timezone, hours, weekend, holidays }: Calendar,
  from: string,
): Generator<BusinessDay> {
  const [opens, closes] = hours.split('-').map((time) => T.PlainTime.from(time)) as [
    T.PlainTime,
    T.PlainTime,
  ];
  const today = T.Instant.from(from).toZonedDateTimeISO(timezone).toPlainDate();
  const at = (date: T.PlainDate, plainTime: T.PlainTime) =>
    date.toZonedDateTime({ timeZone: timezone, plainTime }).epochMilliseconds;
  for (let days = 0; days <= 366; days += 1) {
    const date = today.add({ days });
    const free =
      weekend.includes(Weekday.options[date.dayOfWeek - 1]!) || holidays.includes(date.toString());
    if (!free) yield { date, opens: at(date, opens), closes: at(date, closes) };
  }
}
