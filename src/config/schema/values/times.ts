import { z } from 'zod';

export const Weekday = z.enum([
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
]);
export type Weekday = z.infer<typeof Weekday>;

/** `09:00`, on a clock of 24 hours. */
export const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Expected a time, such as "09:00"');

/** `09:00-17:00`. Over midnight, too: `22:00-06:00`. */
export const Hours = z
  .string()
  .regex(/^\d{2}:\d{2}-\d{2}:\d{2}$/, 'Expected hours, such as "09:00-17:00"')
  .refine(
    (hours) => hours.split('-').every((time) => TimeOfDay.safeParse(time).success),
    'Expected times of a day',
  );

/** A moment with its zone, or as a clock on the wall shows it: `2026-12-24T08:00`. */
export const WrittenTime = z.iso.datetime({ offset: true, local: true });

/** Whether a written time has no zone of its own. */
export function isLocal(text: string): boolean {
  return !/(Z|[+-]\d{2}:\d{2})$/.test(text);
}

/** Of the IANA database, such as `Asia/Riyadh`. */
export const Timezone = z
  .string()
  .refine(isTimezone, 'Expected a time zone, such as "UTC" or "Asia/Riyadh"');

const day = `(?:${Weekday.options.join('|')})`;
/** Of a day in its month. */
export const ordinals = ['first', 'second', 'third', 'fourth'];
const ordinal = `(?:${ordinals.join('|')})`;

/** Which days of a month: `SUNDAY` is every one, `first SUNDAY` one a month, `daily` all. */
export const DayRule = z
  .string()
  .regex(
    new RegExp(`^(?:daily|(?:${ordinal} )?${day})$`),
    'Expected "daily", a day such as "SUNDAY", or "first SUNDAY"',
  );

/** When a runbook starts by itself. Without a day it starts on each; `window` is the maintenance window's start. */
export const Moment = z
  .string()
  .regex(
    new RegExp(`^(?:hourly|window|(?:(?:${ordinal} )?${day} )?(?:[01]\\d|2[0-3]):[0-5]\\d)$`),
    'Expected "hourly", "window", "09:00", "SUNDAY 02:00" or "first SUNDAY 02:00"',
  );

/** A moment of each week or day: `MONDAY 09:00`, `09:00`. */
export const WeekTime = z
  .string()
  .regex(
    new RegExp(`^(?:${day} )?(?:[01]\\d|2[0-3]):[0-5]\\d$`),
    'Expected a time, such as "MONDAY 09:00" or "09:00"',
  );

/** Several schedules of several targets name one zone, and to look it up takes as long as to check all else of a target. */
const zones = new Map<string, boolean>([['UTC', true]]);

function isTimezone(name: string): boolean {
  const known = zones.get(name) ?? isKnownToIntl(name);
  zones.set(name, known);
  return known;
}

function isKnownToIntl(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
