import { z } from 'zod';
import type { Entry } from '../read/entry.ts';
import { normalised } from '../read/normalised.ts';
import { plainLine } from '../../../config/text/plain-text.ts';
import { hourOf, type Sink } from '../read/scanner.ts';

const Counts = z.record(z.string(), z.number());

/** What was counted of one hour of a log, by the stamps of its lines. */
const Hour = z.object({
  bytes: z.number(),
  errors: z.number(),
  warnings: z.number(),
  /** Only of the last day: names are kept in words that do nothing to a reader. */
  alerts: Counts.optional(),
  messages: Counts.optional(),
  types: Counts.optional(),
  events: Counts.optional(),
  logins: Counts.optional(),
});
type Hour = z.infer<typeof Hour>;

/** By the beginning of each hour, in ms since 1970. */
export const Hours = z.record(z.string(), Hour);
export type Hours = z.infer<typeof Hours>;

const DAY = 24 * 3_600_000;
/** Four weeks, with which an hour is compared, and the last day. */
const KEPT = 29 * DAY;
/** A stamp that is further ahead is counted now: it must not stand in the way for years. */
const MAX_AHEAD = 2 * DAY;
/** Different names in an hour. What more there is counts as one. */
const NAMES = 100;
const NAME_LETTERS = 120;
export const OTHERS = '(others)';

interface Read {
  /** Lines from before it do not count. Missing: they count as of now, because nobody has read them before. */
  readonly floor?: number;
  /** When what has no stamp was written. */
  readonly otherwise: number;
}

/** Adds what is read to the hours there are. */
export function openTally(before: Hours, now: number) {
  const hours = new Map<number, Hour>(
    Object.entries(before).map(([hour, counts]) => [Number(hour), structuredClone(counts)]),
  );
  let newest = -Infinity;
  let last: { readonly key: number; readonly hour: Hour } | undefined;
  let strangers = 0;

  return {
    sinkOf({ floor, otherwise }: Read): Sink {
      let last = otherwise;
      return {
        entry(entry) {
          if (!Number.isNaN(entry.at)) last = entry.at;
          const hour = hourAt(last, floor);
          if (hour) count(hour, entry);
        },
        bytes(at, bytes) {
          if (!Number.isNaN(at)) {
            last = at;
            newest = Math.max(newest, at);
          }
          const hour = hourAt(last, floor);
          if (hour) hour.bytes += bytes;
        },
        stranger() {
          strangers += 1;
        },
      };
    },

    /** The newest stamp of what was read. In ms since 1970; -Infinity: there was none. */
    newest: () => newest,
    /** Lines that were not what the log's format says. */
    strangers: () => strangers,

    /** What is worth keeping: names of the last day, numbers of four weeks. */
    hours(): Hours {
      const kept = [...hours]
        .filter(([hour]) => hour >= now - KEPT)
        .toSorted(([one], [other]) => one - other);
      return Object.fromEntries(
        kept.map(([hour, { bytes, errors, warnings, ...names }]) => [
          hour,
          { bytes, errors, warnings, ...(hour >= hourOf(now - DAY) && names) },
        ]),
      );
    },
  };

  function hourAt(at: number, floor: number | undefined): Hour | undefined {
    if (floor !== undefined && at < floor) return undefined;
    const known = at > now + MAX_AHEAD || at < now - KEPT ? now : at;
    const key = hourOf(known);
    // Lines of one hour follow one another.
    if (last?.key === key) return last.hour;
    const hour = hours.get(key) ?? { bytes: 0, errors: 0, warnings: 0 };
    hours.set(key, hour);
    last = { key, hour };
    return hour;
  }
}

export type Tally = ReturnType<typeof openTally>;

function count(hour: Hour, { level, message, type, alerts, event, login }: Entry): void {
  if (level === 'error') {
    hour.errors += 1;
    add((hour.messages ??= {}), normalised(message));
    add((hour.types ??= {}), named(type ?? 'no exception'));
  } else if (level === 'warning') hour.warnings += 1;
  for (const alert of alerts ?? []) add((hour.alerts ??= {}), alert);
  if (event !== undefined) add((hour.events ??= {}), named(event));
  if (login !== undefined) add((hour.logins ??= {}), named(login));
}

function named(text: string): string {
  return plainLine(text, NAME_LETTERS) || '(empty)';
}

function add(counts: Record<string, number>, name: string): void {
  // What every object has is no number. For each error in a gigabyte: one look instead of three.
  const known = counts[name];
  if (typeof known === 'number') {
    counts[name] = known + 1;
    return;
  }
  // No name from outside may be one that every object has.
  const key = Object.keys(counts).length < NAMES && name !== '__proto__' ? name : OTHERS;
  counts[key] = (Object.hasOwn(counts, key) ? counts[key]! : 0) + 1;
}
