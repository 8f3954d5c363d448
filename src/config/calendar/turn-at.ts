import { Temporal as T } from 'temporal-polyfill';
import type { Rotation } from '../schema/on-call/rotation.ts';
import { Weekday } from '../schema/values/times.ts';
import { inMilliseconds } from '../time/duration.ts';
import { onClock, writtenInstant } from './written-instant.ts';

/** One turn of a rotation. */
interface Turn {
  /** The first is 0. Before it they go backwards, without a gap. */
  readonly index: number;
  /** Milliseconds since 1970: the next one begins then. */
  readonly ends: number;
}

/** A Monday: where nothing else is said, the first turn begins in this week. */
const EPOCH = T.PlainDateTime.from('1970-01-05T00:00');
const DAY = inMilliseconds('1d');

/** The turn at a moment, in ms since 1970. */
export function turnAt(rotation: Rotation, at: number): Turn {
  return rotation.timezone === undefined
    ? turnOfLength(rotation, at)
    : turnOfDays(rotation, rotation.timezone, at);
}

/** Each as long as the others: a change of clocks moves their hour. */
function turnOfLength({ since, every }: Rotation, at: number): Turn {
  const begin = writtenInstant(since!);
  const length = inMilliseconds(every);
  const index = Math.floor((at - begin) / length);
  return { index, ends: begin + (index + 1) * length };
}

/** From one hour of the clock to the same hour some days later. */
function turnOfDays(rotation: Rotation, timeZone: string, at: number): Turn {
  const first = firstOf(rotation, timeZone);
  const days = inMilliseconds(rotation.every) / DAY;
  const beginOf = (index: number) =>
    first.add({ days: index * days }).toZonedDateTime(timeZone).epochMilliseconds;
  const today = T.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();
  const index = Math.floor(first.toPlainDate().until(today).days / days);
  // Of the day on which they hand over, the hours before it belong to the turn before.
  const found = beginOf(index) > at ? index - 1 : index;
  return { index: found, ends: beginOf(found + 1) };
}

function firstOf({ since, at }: Rotation, timezone: string): T.PlainDateTime {
  const from = since === undefined ? EPOCH : onClock(since, timezone);
  if (at === undefined) return from;
  const [time, weekday] = at.split(' ').toReversed() as [string, Weekday?];
  for (let days = 0; ; days += 1) {
    const day = from.toPlainDate().add({ days });
    const begins = day.toPlainDateTime(T.PlainTime.from(time));
    const isDay = weekday === undefined || Weekday.options[day.dayOfWeek - 1] === weekday;
    if (isDay && T.PlainDateTime.compare(begins, from) >= 0) return begins;
  }
}
