import { z } from 'zod';
import type { Counted } from '../read/entry.ts';
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

const NAMED = ['alerts', 'messages', 'types', 'events', 'logins'] as const;
type Named = (typeof NAMED)[number];
/** An hour while it is counted. */
type OpenHour = Omit<Hour, Named> & Record<Named, Map<string, number> | undefined>;

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
  const hours = new Map<number, OpenHour>(
    Object.entries(before).map(([hour, counts]) => [Number(hour), opened(counts)]),
  );
  let newest = -Infinity;
  let last: { readonly key: number; readonly hour: OpenHour } | undefined;
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
          { bytes, errors, warnings, ...(hour >= hourOf(now - DAY) && closed(names)) },
        ]),
      );
    },
  };

  function hourAt(at: number, floor: number | undefined): OpenHour | undefined {
    if (floor !== undefined && at < floor) return undefined;
    const known = at > now + MAX_AHEAD || at < now - KEPT ? now : at;
    const key = hourOf(known);
    // Lines of one hour follow one another.
    if (last?.key === key) return last.hour;
    const hour = hours.get(key) ?? opened({ bytes: 0, errors: 0, warnings: 0 });
    hours.set(key, hour);
    last = { key, hour };
    return hour;
  }
}

export type Tally = ReturnType<typeof openTally>;

function opened(hour: Hour): OpenHour {
  const { bytes, errors, warnings } = hour;
  const of = (key: Named) => hour[key] && new Map(Object.entries(hour[key]));
  // All hours have the same keys in the same order, which is faster for each error in a gigabyte.
  return {
    bytes,
    errors,
    warnings,
    alerts: of('alerts'),
    messages: of('messages'),
    types: of('types'),
    events: of('events'),
    logins: of('logins'),
  };
}

function closed(names: Pick<OpenHour, Named>): Pick<Hour, Named> {
  return Object.fromEntries(
    NAMED.flatMap((key) => (names[key] ? [[key, Object.fromEntries(names[key])]] : [])),
  );
}

function count(hour: OpenHour, { level, message, type, alerts, event, login }: Counted): void {
  if (level === 'error') {
    hour.errors += 1;
    add((hour.messages ??= new Map()), normalised(message ?? ''));
    addNamed((hour.types ??= new Map()), type ?? 'no exception');
  } else if (level === 'warning') hour.warnings += 1;
  if (alerts !== undefined) for (const alert of alerts) add((hour.alerts ??= new Map()), alert);
  if (event !== undefined) addNamed((hour.events ??= new Map()), event);
  if (login !== undefined) addNamed((hour.logins ??= new Map()), login);
}

function addNamed(counts: Map<string, number>, text: string): void {
  // What is a name already need not be made one again.
  add(counts, counts.has(text) ? text : plainLine(text, NAME_LETTERS) || '(empty)');
}

function add(counts: Map<string, number>, name: string): void {
  const known = counts.get(name);
  if (known !== undefined) {
    counts.set(name, known + 1);
    return;
  }
  // In what is written, no name from outside may be one that every object has.
  const key = counts.size < NAMES && name !== '__proto__' ? name : OTHERS;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
