import { mergeSketches, percentileOf, type Sketch } from '../../figures/sketch.ts';
import type { Hour } from '../../state/figures/read-series.ts';
import type { Series } from './measurements.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Some hours as one. */
export interface Bucket {
  readonly n: number;
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  readonly sketch: () => Sketch;
  /** `share` from 0 to 1. Of several hours it is that of all their values, never a mean of percentiles. */
  readonly percentile: (share: number) => number;
}

/** One piece of the time that a plot shows. `bucket`: missing where nothing was measured. */
interface Piece {
  readonly at: number;
  readonly bucket?: Bucket;
}

/** A series, cut into the pieces of a plot, and all of them as one. */
export interface CutSeries extends Series {
  readonly pieces: readonly Piece[];
  /** Missing where nothing of that time was measured. */
  readonly whole?: Bucket;
}

export function cut(series: Series, from: number, to: number): CutSeries {
  const pieces = piecesOf(series.hours, from, to);
  const buckets = pieces.flatMap(({ bucket }) => bucket ?? []);
  const whole = joined(buckets, () => buckets.map(({ sketch }) => sketch()));
  return { ...series, pieces, ...(whole && { whole }) };
}

/** Undefined without an hour. */
export function bucketOf(hours: readonly Hour[]): Bucket | undefined {
  return joined(hours, () => hours.map(({ sketch }) => sketch));
}

/** Each sketch is read once, and no more than is asked for. */
function joined(
  parts: readonly Omit<Bucket, 'sketch' | 'percentile'>[],
  sketches: () => Iterable<Hour['sketch']>,
): Bucket | undefined {
  if (parts.length === 0) return undefined;
  let [n, sum, low, high] = [0, 0, Infinity, -Infinity];
  for (const part of parts) {
    n += part.n;
    sum += part.mean * part.n;
    low = Math.min(low, part.low);
    high = Math.max(high, part.high);
  }
  let merged: Sketch | undefined;
  const sketch = () => (merged ??= mergeSketches(sketches()));
  return {
    n,
    low,
    high,
    mean: sum / n,
    sketch,
    percentile: (share) => Math.min(high, Math.max(low, percentileOf(sketch(), share)!)),
  };
}

/** How long a piece is, so that a plot has at most some 400: a gap of an hour is seen in two weeks, one of a day in a year. */
function stepOf(from: number, to: number): number {
  const span = to - from;
  if (span <= 15 * DAY) return HOUR;
  if (span <= 45 * DAY) return 3 * HOUR;
  return span <= 100 * DAY ? 6 * HOUR : DAY;
}

/** From the piece of `from` to that of `to`, without a hole. */
function piecesOf(
  hours: readonly Hour[],
  from: number,
  to: number,
  step: number = stepOf(from, to),
): Piece[] {
  const first = Math.floor(from / step);
  const count = Math.floor(to / step) - first + 1;
  const inside: Hour[][] = Array.from({ length: count }, () => []);
  for (const hour of hours) inside[Math.floor(hour.at / step) - first]?.push(hour);
  return inside.map((some, index): Piece => {
    const bucket = bucketOf(some);
    return { at: (first + index) * step, ...(bucket && { bucket }) };
  });
}
