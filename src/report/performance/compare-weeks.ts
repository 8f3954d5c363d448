import type { Unit } from '../../figures/figure.ts';
import type { Hour } from '../../state/figures/read-series.ts';
import { type Bucket, bucketOf } from './buckets.ts';
import { isMoreThanNoise } from './is-more-than-noise.ts';
import { labelOf } from './labels.ts';
import type { Series } from './measurements.ts';
import { valueText } from './value-text.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7;
/** Of a day that was measured less, nobody knows how it was. */
const FEWEST_HOURS = 6;
/** Percentiles are within 1 %: two that differ by less may be the same. */
const LEAST = 0.02;

/** One number of both weeks. */
export interface Change {
  readonly before?: number;
  readonly now?: number;
  /** `not known`: a week has too few days that were measured. */
  readonly what: 'more' | 'less' | 'as before' | 'not known';
  /** `+23 %`, `-3 points`; empty where there is nothing to compare. */
  readonly by: string;
}

/** A series in the last 7 days, and in the 7 days before. */
export interface WeekOnWeek {
  readonly name: string;
  readonly label: string;
  readonly unit: Unit;
  readonly median: Change;
  readonly p95: Change;
}

/** `to` in ms since 1970. Undefined: nothing was measured in either week. */
export function compareWeeks({ name, unit, hours }: Series, to: number): WeekOnWeek | undefined {
  // An hour that goes on belongs to the last day.
  const end = Math.ceil(to / HOUR) * HOUR;
  const days = Array.from({ length: 2 * WEEK }, (_, ago) =>
    hoursIn(hours, end - (ago + 1) * DAY, end - ago * DAY),
  );
  const weeks = [days.slice(WEEK), days.slice(0, WEEK)] as const;
  if (days.every((day) => day.length === 0)) return undefined;
  const changeOf = (share: number): Change => {
    const [before, now] = weeks.map((week) => bucketOf(week.flat())?.percentile(share));
    const [daysBefore, daysNow] = weeks.map((week) => measured(week, share));
    return { ...judged(before, now, daysBefore!, daysNow!), by: byText(before, now, unit) };
  };
  return { name, label: labelOf(name), unit, median: changeOf(0.5), p95: changeOf(0.95) };
}

/** `+23 %: more`, which is more than noise. */
export function changeText({ what, by }: Change): string {
  if (what === 'not known') return 'too few days';
  const why = what === 'as before' ? 'noise' : what;
  return by === '' ? why : `${by}: ${why}`;
}

/** Both values as people read them. */
export function pairText({ before, now }: Change, unit: Unit): readonly [string, string] {
  const text = (value: number | undefined) =>
    value === undefined ? 'not measured' : valueText({ value, unit });
  return [text(before), text(now)];
}

function judged(
  before: number | undefined,
  now: number | undefined,
  daysBefore: readonly number[],
  daysNow: readonly number[],
): Omit<Change, 'by'> {
  const values = { ...(before !== undefined && { before }), ...(now !== undefined && { now }) };
  const differs = isMoreThanNoise(daysBefore, daysNow);
  if (before === undefined || now === undefined || differs === undefined)
    return { ...values, what: 'not known' };
  const size = Math.max(Math.abs(before), Math.abs(now));
  if (!differs || Math.abs(now - before) <= LEAST * size) return { ...values, what: 'as before' };
  return { ...values, what: now > before ? 'more' : 'less' };
}

function byText(before: number | undefined, now: number | undefined, unit: Unit): string {
  if (before === undefined || now === undefined) return '';
  const by = now - before;
  if (unit === 'ratio') return `${signed(by * 100)} points`;
  if (before === 0) return now === 0 ? '+0 %' : '';
  return `${signed((by / Math.abs(before)) * 100)} %`;
}

/** What is nothing when it is rounded has no minus. */
function signed(value: number): string {
  const text = Math.abs(value).toFixed(Math.abs(value) < 9.95 ? 1 : 0);
  if (Number(text) === 0) return '+0';
  return `${value < 0 ? '-' : '+'}${text.replace(/\.0$/, '')}`;
}

function measured(days: readonly (readonly Hour[])[], share: number): number[] {
  return days
    .filter((day) => day.length >= FEWEST_HOURS)
    .map((day) => (bucketOf(day) as Bucket).percentile(share));
}

function hoursIn(hours: readonly Hour[], from: number, to: number): Hour[] {
  return hours.filter(({ at }) => at >= from && at < to);
}
