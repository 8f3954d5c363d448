/** The lowest value of one day, in days since any day: what a burst or a write-ahead log adds for some hours is not in it. */
export interface Day {
  readonly day: number;
  readonly low: number;
}

/** When a growing value reaches its limit. */
export type Forecast =
  /** Days from the last one: a range, for no growth is that even. `perDay` is the most likely growth. */
  | {
      readonly what: 'reaches';
      readonly from: number;
      readonly to: number;
      readonly perDay: number;
    }
  | { readonly what: 'reached' }
  | { readonly what: 'no trend' }
  | { readonly what: 'falls' }
  /** It fell by a step, such as a VACUUM, so many days ago, and what came before says nothing any more. */
  | { readonly what: 'unknown since the drop'; readonly days: number }
  | { readonly what: 'too short' };

/** Fewer days say nothing: a week has its own shape. */
const FEWEST = 14;
const LONGEST = 90;
/** A fall counts as a step from this share on, */
const STEP = 0.05;
/** and this many times above what a day usually changes. */
const ABOVE_USUAL = 6;
/** Of the normal distribution, for an interval of 95 %. With what a single day is off, the date is in its range in 87 of 100 cases. */
const Z = 1.96;

/**
 * Theil and Sen's line: the median of the slopes between all pairs of days, and the interval of ranks that Kendall's tau gives. One
 * large import, or a spike each week, does not move it, where least squares are wrong by a factor of 2.
 */
export function forecast(days: readonly Day[], limit: number): Forecast {
  const recent = days.slice(-LONGEST);
  const last = recent.at(-1);
  if (!last) return { what: 'too short' };
  if (last.low >= limit) return { what: 'reached' };
  const step = lastStep(recent);
  const known = recent.slice(step);
  if (known.length < FEWEST)
    return step > 0
      ? { what: 'unknown since the drop', days: last.day - recent[step]!.day }
      : { what: 'too short' };
  const { middle, low, high } = slopeOf(known);
  if (low <= 0 && high >= 0) return { what: 'no trend' };
  if (high < 0) return { what: 'falls' };
  // By the line: a day's own value is by chance a little above it or below.
  const room = limit - medianOf(known.map((one) => one.low + middle * (last.day - one.day)));
  if (room <= 0) return { what: 'reached' };
  return { what: 'reaches', from: room / high, to: room / low, perDay: middle };
}

/** Where the days after the last downward step begin. Three days on each side: one spike is no step. */
function lastStep(days: readonly Day[]): number {
  const lows = days.map(({ low }) => low);
  const changes = lows.slice(1).map((low, index) => Math.abs(low - lows[index]!));
  const usual = changes.length > 0 ? medianOf(changes) : 0;
  for (let at = lows.length - 1; at > 0; at -= 1) {
    const before = medianOf(lows.slice(Math.max(0, at - 3), at));
    const after = medianOf(lows.slice(at, at + 3));
    const fall = before - after;
    if (fall > Math.max(STEP * Math.abs(before), ABOVE_USUAL * usual))
      return steepest(lows, at - 1, at + 1);
  }
  return 0;
}

function steepest(lows: readonly number[], from: number, to: number): number {
  let found = from;
  const fallAt = (at: number) => (lows[at - 1] ?? -Infinity) - (lows[at] ?? Infinity);
  for (let at = from; at <= to; at += 1) if (fallAt(at) > fallAt(found)) found = at;
  return found;
}

function slopeOf(days: readonly Day[]): { middle: number; low: number; high: number } {
  const slopes = days
    .flatMap((one, index) =>
      days.slice(index + 1).map((other) => (other.low - one.low) / (other.day - one.day)),
    )
    .toSorted((one, other) => one - other);
  const n = days.length;
  const spread = Z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const rank = (at: number) => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(at)))]!;
  return {
    middle: medianOf(slopes),
    low: rank((slopes.length - spread) / 2 - 1),
    high: rank((slopes.length + spread) / 2),
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
