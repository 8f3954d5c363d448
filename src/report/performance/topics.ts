import type { CutSeries } from './buckets.ts';
import type { SizeForecast } from './forecast-of.ts';
import { labelOf } from './labels.ts';
import type { LogErrors, Measurements } from './measurements.ts';
import { MOST_LINES, type Plot, type PlotLine, type Point } from './plot.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** What is plotted under one heading. */
export interface Topic {
  readonly title: string;
  readonly plots: readonly Plot[];
}

/** A line of a plot: a percentile, or the mean with a band from the lowest to the highest. */
interface Wanted {
  readonly name: string;
  readonly share?: number;
  readonly label?: string;
}

const topics: readonly {
  readonly title: string;
  readonly plots: readonly { readonly title: string; readonly lines: readonly Wanted[] }[];
}[] = [
  {
    title: 'Response times',
    plots: [
      {
        title: 'Response time',
        lines: [
          { name: 'response.p50', share: 0.5, label: 'median' },
          { name: 'response.p95', share: 0.95, label: '95 of 100 samples had no slower answer' },
        ],
      },
    ],
  },
  {
    title: 'Errors',
    plots: [{ title: 'Failed answers', lines: [{ name: 'response.failures' }] }],
  },
  {
    title: 'Memory',
    plots: [
      {
        title: 'Memory, as a share',
        lines: [{ name: 'memory.host' }, { name: 'memory.container' }],
      },
      { title: 'Memory of the application', lines: [{ name: 'memory.application' }] },
    ],
  },
  { title: 'CPU', plots: [{ title: 'CPU', lines: [{ name: 'cpu.host' }] }] },
  {
    title: 'Sizes',
    plots: [
      {
        title: 'Database and write-ahead log',
        lines: [{ name: 'database.size' }, { name: 'database.log' }],
      },
    ],
  },
  {
    title: 'Query time and locks',
    plots: [
      {
        title: 'Query time',
        lines: [
          { name: 'data.query', share: 0.5, label: 'median' },
          { name: 'data.query', share: 0.95, label: '95th percentile' },
        ],
      },
      { title: 'Write lock taken', lines: [{ name: 'database.writeLock' }] },
    ],
  },
  {
    title: 'Cache',
    plots: [
      { title: 'Cache hit ratio', lines: [{ name: 'redis.hitRatio' }] },
      { title: 'Memory of the cache', lines: [{ name: 'redis.memory' }] },
    ],
  },
  {
    title: 'Users and network',
    plots: [
      { title: 'Connections', lines: [{ name: 'app.users' }] },
      { title: 'Network', lines: [{ name: 'network.bytes' }] },
    ],
  },
];

/** All that was measured of late, under its headings. What was not measured at all has no plot. */
export function topicsOf(
  measurements: Omit<Measurements, 'series'> & { readonly series: readonly CutSeries[] },
  forecasts: readonly SizeForecast[],
): readonly Topic[] {
  const { series, from, to, logs } = measurements;
  const plotOf = (title: string, lines: readonly Wanted[]): Plot[] => {
    const found = lines.flatMap(({ name, ...wanted }) => {
      const one = series.find((candidate) => candidate.name === name);
      return one?.whole ? [{ one, ...wanted }] : [];
    });
    const [first] = found;
    if (!first) return [];
    const { unit } = first.one;
    // Of two units in one picture one would have no scale.
    const same = found.filter(({ one }) => one.unit === unit);
    const limits = same.flatMap(({ one }) => one.limits);
    const distinct = [...new Map(limits.map((limit) => [limit.value, limit])).values()];
    const drawn = same.map((wanted) => lineOf(wanted));
    return [{ title, unit, from, to, lines: drawn, limits: distinct }];
  };
  const disks = series.filter(({ name }) => name.startsWith('disk.used '));
  const more: Readonly<Record<string, () => readonly Plot[]>> = {
    Errors: () => errorPlots(logs, from, to),
    Sizes: () => [
      ...plotOf(
        'Disks',
        disks.slice(0, MOST_LINES).map(({ name }) => ({ name })),
      ),
      ...forecasts.flatMap(forecastPlot),
    ],
  };
  return topics.flatMap(({ title, plots }) => {
    const all = [
      ...plots.flatMap((one) => plotOf(one.title, one.lines)),
      ...(more[title]?.() ?? []),
    ];
    return all.length > 0 ? [{ title, plots: all }] : [];
  });

  function lineOf({ one, share, label }: Omit<Wanted, 'name'> & { one: CutSeries }): PlotLine {
    const points = one.pieces.map(({ at, bucket }): Point => {
      if (!bucket) return { at };
      if (share !== undefined) return { at, value: bucket.percentile(share) };
      const { mean: value, low, high } = bucket;
      return { at, value, low, high };
    });
    return { label: label ?? labelOf(one.name), points };
  }
}

/** Errors an hour, as log-review has counted them. Later than the newest line nobody has counted. */
function errorPlots(logs: readonly LogErrors[], from: number, to: number): Plot[] {
  const counted = logs.filter(({ until }) => until >= from).slice(0, MOST_LINES);
  if (counted.length === 0) return [];
  const first = Math.floor(Math.max(from, to - 28 * DAY) / HOUR);
  const count = Math.floor(to / HOUR) - first + 1;
  const lines = counted.map(({ log, since, until, hours }): PlotLine => {
    const errors = new Map(hours.map((hour) => [hour.at, hour.errors]));
    const points = Array.from({ length: count }, (_, index): Point => {
      const at = (first + index) * HOUR;
      const isCounted = at + HOUR > since && at <= until;
      return isCounted ? { at, value: errors.get(at) ?? 0 } : { at };
    });
    return { label: log, points };
  });
  const title = 'Errors in the logs, in an hour';
  return [{ title, unit: 'count', from: first * HOUR, to, lines, limits: [] }];
}

/** What was, and the range of what comes: to the limit, or as far ahead as is known behind. */
function forecastPlot({ label, forecast, days, limit, name }: SizeForecast): Plot[] {
  const last = days.at(-1);
  if (forecast.what !== 'reaches' || !last) return [];
  const from = days[0]!.day;
  const ahead = Math.min(forecast.to, Math.max(forecast.from, last.day - from) * 1.5);
  if (forecast.from > ahead) return [];
  const room = limit.value - last.low;
  const at = (day: number) => day * DAY;
  const known = new Map(days.map(({ day, low }) => [day, low]));
  const points = Array.from({ length: last.day - from + 1 }, (_, index): Point => {
    const low = known.get(from + index);
    return { at: at(from + index), ...(low !== undefined && { value: low }) };
  });
  return [
    {
      title: `${label}: forecast to ${limit.text} (${limit.verdict})`,
      unit: name.startsWith('disk.') ? 'ratio' : 'bytes',
      from: at(from),
      to: at(last.day + ahead),
      lines: [{ label: 'lowest value of each day; the range of the forecast behind it', points }],
      limits: [limit],
      cone: [
        { at: at(last.day), value: last.low },
        { at: at(last.day + forecast.from), value: limit.value },
        { at: at(last.day + ahead), value: limit.value },
        { at: at(last.day + ahead), value: last.low + (room / forecast.to) * ahead },
      ],
    },
  ];
}
