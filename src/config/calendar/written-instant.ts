import { Temporal as T } from 'temporal-polyfill';
import { isLocal } from '../schema/values/times.ts';

/** A written time in ms since 1970. One without a zone is read by the clock of `timezone`. */
export function writtenInstant(text: string, timezone = 'UTC'): number {
  if (!isLocal(text)) return Date.parse(text);
  return T.PlainDateTime.from(text).toZonedDateTime(timezone).epochMilliseconds;
}

/** The same on that clock. */
export function onClock(text: string, timezone: string): T.PlainDateTime {
  if (isLocal(text)) return T.PlainDateTime.from(text);
  return T.Instant.from(text).toZonedDateTimeISO(timezone).toPlainDateTime();
}
