import { countText } from '../../../config/text/count-text.ts';
import { hourOf } from '../read/scanner.ts';
import type { Hours } from './tally.ts';

interface Seen {
  readonly hours: Hours;
  /** From when on all lines are counted. In ms since 1970, as all times here. */
  readonly since: number;
  readonly now: number;
  /** The newest stamp that was ever read. */
  readonly newest?: number;
  /** When the newest file of the log was written to. */
  readonly modified: number;
  /** New bytes since the last review. */
  readonly read: number;
  readonly timezone: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** Weeks with which an hour is compared, and how many of them must be known. */
const WEEKS = 4;
const MIN_WEEKS = 3;
/** Fewer errors in an hour are never a burst: with it the rule raised 0.16 false alarms a week where "3 x last week" raised 15. */
const MIN_BURST = 10;
/** A clock that differs by less is none to speak of. */
const MAX_AHEAD = 2 * MINUTE;
/** Between a stamp and its line on disk. */
const MAX_DELAY = 20_000;
/** No two time zones are further apart from UTC. */
const MAX_OFFSET = 14 * HOUR;
/** Bytes that are usual in a time without a line: fewer may well be nothing. */
const MIN_BYTES = 2000;
/** Bursts that are named. */
const SHOWN = 3;

/** What of a log deserves attention beyond its counts: bursts, silence, a clock that stands wrong. Sentences. */
export function logFindings(seen: Seen): string[] {
  return [...bursts(seen), ...clock(seen), ...silence(seen)];
}

/** An hour of the last day with more errors than the median of the same hour of four weeks, and 4 of its roots. */
function bursts({ hours, since, now }: Seen): string[] {
  const found = Object.entries(hours)
    .map(([hour, { errors }]) => ({ hour: Number(hour), errors }))
    .filter(({ hour }) => hour >= hourOf(now - DAY))
    .flatMap(({ hour, errors }) => {
      const usual = median(before(hour, since).map((past) => hours[past]?.errors ?? 0));
      if (usual === undefined || errors <= Math.max(MIN_BURST, usual + 4 * Math.sqrt(usual)))
        return [];
      return [
        {
          errors,
          text: `${errors} errors in the hour from ${isoOf(hour)}: ${usual} are usual then`,
        },
      ];
    })
    .toSorted((one, other) => other.errors - one.errors);
  const more = found.length - SHOWN;
  return [
    ...found.slice(0, SHOWN).map(({ text }) => text),
    ...(more > 0 ? [`${countText(more, 'more hour')} with unusually many errors`] : []),
  ];
}

function clock({ newest, now, timezone, modified, read }: Seen): string[] {
  if (newest === undefined) return [];
  const ahead = newest - now;
  if (ahead > MAX_AHEAD)
    return [
      `Its newest line is of ${isoOf(newest)}, ${minutes(ahead)} ahead of the clock: ${zoneText(newest - modified, timezone)}`,
    ];
  const behind = modified - newest;
  const isFresh = read > 0 && Math.abs(now - modified) < 10 * MINUTE;
  if (isFresh && behind <= MAX_OFFSET && isOfZone(behind))
    return [
      `It was written to at ${isoOf(modified)}, and its newest line is of ${isoOf(newest)}: ${zoneText(behind, timezone)}`,
    ];
  return [];
}

/** Nothing was written where something is usual. */
function silence({ hours, since, now, newest }: Seen): string[] {
  if (newest === undefined || newest > now) return [];
  let usual = 0;
  let known = false;
  // Only whole hours can be compared.
  for (let hour = hourOf(newest) + HOUR; hour + HOUR <= now; hour += HOUR) {
    const bytes = median(before(hour, since).map((past) => hours[past]?.bytes ?? 0));
    known ||= bytes !== undefined;
    usual += bytes ?? 0;
  }
  const age = `No line since ${isoOf(newest)}, ${minutes(now - newest)}`;
  if (usual >= MIN_BYTES)
    return [`${age}: ${Math.round(usual / 1000)} kB are usual in such a time`];
  return !known && now - newest > DAY ? [`${age}: what is usual is not known yet`] : [];
}

/** The same hour of the weeks before, as far as they were counted. */
function before(hour: number, since: number): number[] {
  return Array.from({ length: WEEKS }, (_, week) => hour - (week + 1) * WEEK).filter(
    (past) => past >= since,
  );
}

/** Undefined: too few are known. */
function median(values: readonly number[]): number | undefined {
  if (values.length < MIN_WEEKS) return undefined;
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [
    sorted[Math.floor((sorted.length - 1) / 2)]!,
    sorted[Math.floor(sorted.length / 2)]!,
  ];
  return (low + high) / 2;
}

/** Zones differ by whole half hours, but for a few, and a line is written when it says so. */
function isOfZone(difference: number): boolean {
  const rest = difference - Math.round(difference / (30 * MINUTE)) * 30 * MINUTE;
  return difference > 20 * MINUTE && Math.abs(rest) < MAX_DELAY;
}

function zoneText(difference: number, timezone: string): string {
  return isOfZone(difference)
    ? `its time zone is not "${timezone}", so say "timezone" in "logs", or a clock is wrong`
    : 'a clock is wrong, here or where it is written';
}

function isoOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}

function minutes(milliseconds: number): string {
  const all = Math.round(milliseconds / MINUTE);
  return all < 120 ? `${all} min` : `${Math.round(all / 60)} h`;
}
