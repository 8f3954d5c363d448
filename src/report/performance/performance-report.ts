import { countText } from '../../config/text/count-text.ts';
import { durationText, timeText } from '../times.ts';
import { cut, type CutSeries } from './buckets.ts';
import { changeText, compareWeeks, pairText, type WeekOnWeek } from './compare-weeks.ts';
import { forecastsOf } from './forecast-of.ts';
import { inOrder, labelOf } from './labels.ts';
import type { LogErrors, Measurements, Series } from './measurements.ts';
import { type Topic, topicsOf } from './topics.ts';
import { valueText } from './value-text.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A report as plain text, in the order in which a person reads it: Markdown and HTML only format it. */
export interface PerformanceReport {
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What deserves attention: changes that are no noise, limits that are near or were crossed. */
  readonly findings: readonly string[];
  readonly weeks: Table;
  readonly whole: Table;
  readonly forecasts: readonly string[];
  readonly errors: Table;
  readonly topics: readonly Topic[];
}

export interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function performanceReport(measurements: Measurements): PerformanceReport {
  const known = made.get(measurements);
  if (known) return known;
  const report = reportOf(measurements);
  made.set(measurements, report);
  return report;
}

/** A page, its Markdown and a run's output are of one report, and a year takes its time. */
const made = new WeakMap<Measurements, PerformanceReport>();

function reportOf(measurements: Measurements): PerformanceReport {
  const { target, from, to, logs } = measurements;
  const series = measurements.series
    .toSorted((one, other) => placeOf(one) - placeOf(other))
    .map((one) => cut(one, from, to));
  const weeks = series.flatMap((one) => compareWeeks(one, to) ?? []);
  const forecasts = forecastsOf(series);
  return {
    title: `Performance report of ${target}`,
    facts: [
      ['from', timeText(isoOf(from))],
      ['to', timeText(isoOf(to))],
      ['measured', coverageText(measurements)],
    ],
    findings: [
      ...weeks.flatMap(changeFindings),
      ...series.flatMap((one) => outageFinding(one, from)),
      ...series.flatMap(limitFindings),
      ...forecasts.filter(({ forecast }) => isNews(forecast)).map(({ text }) => text),
    ],
    weeks: weekTable(weeks),
    whole: wholeTable(series),
    forecasts: forecasts.map(({ text }) => text),
    errors: errorTable(logs, to),
    topics: topicsOf({ ...measurements, series }, forecasts),
  };
}

/** A quarter ahead there is time to do something. */
const SOON = 90;

function isNews(forecast: ReturnType<typeof forecastsOf>[number]['forecast']): boolean {
  return forecast.what === 'reached' || (forecast.what === 'reaches' && forecast.from <= SOON);
}

function changeFindings({ label, unit, median, p95 }: WeekOnWeek): string[] {
  return (
    [
      ['median', median],
      ['95th percentile', p95],
    ] as const
  ).flatMap(([name, change]) => {
    if (change.what !== 'more' && change.what !== 'less') return [];
    const [before, now] = pairText(change, unit);
    return `${label}, ${name}: ${before} last week, ${now} this week (${changeText(change)} than noise)`;
  });
}

/** Whatever limits a target has: an hour in which more answers failed than came is one in which people could not work. */
function outageFinding({ name, hours }: CutSeries, from: number): string[] {
  if (name !== 'response.failures') return [];
  const inside = hours.filter(({ at }) => at + HOUR > from);
  const down = inside.filter(({ mean }) => mean > 0.5);
  if (down.length === 0) return [];
  return [
    `${labelOf(name)}: more failed than came in ${down.length} of ${countText(inside.length, 'hour')} that were measured, last in the hour of ${timeText(isoOf(down.at(-1)!.at))}`,
  ];
}

/** That a percentile is beyond a limit says for how long people waited: one sample says nothing. */
function limitFindings({ name, unit, whole: bucket, limits }: CutSeries): string[] {
  if (!bucket || limits.length === 0) return [];
  const crossed = limits.filter(({ bad, value }) => {
    const worst = bucket.percentile(bad === 'below' ? 0.05 : 0.95);
    if (bad === 'below') return worst < value;
    return bad === 'above' ? worst > value : worst >= value;
  });
  const worst = crossed.find(({ verdict }) => verdict === 'critical') ?? crossed[0];
  if (!worst) return [];
  const value = bucket.percentile(worst.bad === 'below' ? 0.05 : 0.95);
  return [
    `${labelOf(name)}: in 5 of 100 samples ${worst.bad === 'below' ? 'no more' : 'no less'} than ${valueText({ value, unit })}, ${worst.verdict} ${worst.bad} ${worst.text}`,
  ];
}

function weekTable(weeks: readonly WeekOnWeek[]): Table {
  return {
    headings: [
      'figure',
      'median before',
      'now',
      'change',
      '95th percentile before',
      'now',
      'change',
    ],
    rows: weeks.map(({ label, unit, median, p95 }) => [
      label,
      ...pairText(median, unit),
      changeText(median),
      ...pairText(p95, unit),
      changeText(p95),
    ]),
  };
}

function wholeTable(series: readonly CutSeries[]): Table {
  return {
    headings: ['figure', 'samples', 'lowest', 'median', '95th percentile', 'highest', 'limits'],
    rows: series.flatMap(({ name, unit, whole: bucket, limits }) => {
      if (!bucket) return [];
      const { n, low, high, percentile } = bucket;
      const values = [low, percentile(0.5), percentile(0.95), high];
      return [
        [
          labelOf(name),
          String(n),
          ...values.map((value) => valueText({ value, unit })),
          limits.map(({ verdict, bad, text }) => `${verdict} ${bad} ${text}`).join(', '),
        ],
      ];
    }),
  };
}

/** As far as log-review has read: what it has not is not known, and no 0. */
function errorTable(logs: readonly LogErrors[], to: number): Table {
  return {
    headings: ['log', 'errors in the last 24 hours', 'counted until'],
    rows: logs.map(({ log, until, hours }) => {
      const day = hours.filter(({ at }) => at >= to - DAY);
      const isKnown = until >= to - DAY;
      const count = day.reduce((sum, { errors }) => sum + errors, 0);
      const text = isKnown ? String(count) : 'not known: no line of that time was read';
      return [log, text, Number.isFinite(until) ? timeText(isoOf(until)) : 'never'];
    }),
  };
}

/** In how many of the hours something was measured, and the longest time without. */
function coverageText({ series, from, to }: Measurements): string {
  const first = Math.floor(from / HOUR);
  const last = Math.floor(to / HOUR);
  const measured = new Set<number>();
  for (const { hours } of series) for (const { at } of hours) measured.add(at);
  let [count, gap, longest] = [0, 0, 0];
  for (let hour = first; hour <= last; hour += 1) {
    const isMeasured = measured.has(hour * HOUR);
    if (isMeasured) count += 1;
    gap = isMeasured ? 0 : gap + 1;
    longest = Math.max(longest, gap);
  }
  const all = last - first + 1;
  const head = `in ${count} of ${countText(all, 'hour')}`;
  return longest === 0 ? head : `${head}; at most ${durationText(longest * HOUR)} without a sample`;
}

/** Those without a place of their own come last, by their names. */
function placeOf({ name }: Series): number {
  const place = inOrder.indexOf(name);
  if (place !== -1) return place;
  return inOrder.indexOf('database.log') + 0.5;
}

function isoOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
