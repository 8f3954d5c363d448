import { type Day, forecast, type Forecast } from '../../figures/forecast.ts';
import { labelOf } from './labels.ts';
import type { Limit, Series } from './measurements.ts';
import { valueText } from './value-text.ts';

const DAY = 86_400_000;
/** What lies further ahead is no forecast of 90 days any more. */
const FARTHEST = 730;

/** When a size reaches one of its limits, by the lowest value of each of the last 90 days. */
export interface SizeForecast {
  readonly name: string;
  readonly label: string;
  readonly limit: Limit;
  readonly forecast: Forecast;
  readonly days: readonly Day[];
  /** A sentence for people. */
  readonly text: string;
}

/** One for each limit; of a disk that has none, when it is full. */
export function forecastsOf(series: readonly Series[]): SizeForecast[] {
  return series.filter(isSize).flatMap((one) => {
    const days = daysOf(one);
    return limitsOf(one).map((limit): SizeForecast => {
      const found = forecast(days, limit.value);
      const label = labelOf(one.name);
      const last = days.at(-1)?.day ?? 0;
      const text = `${label}: ${sentence(found, limit, last, one)}`;
      return { name: one.name, label, limit, forecast: found, days, text };
    });
  });
}

function isSize({ name }: Series): boolean {
  return name === 'database.size' || name.startsWith('disk.used ');
}

const FULL: Limit = { verdict: 'critical', bad: 'above', text: '100% (full)', value: 1 };

function limitsOf({ name, limits }: Series): readonly Limit[] {
  return limits.length === 0 && name.startsWith('disk.used ') ? [FULL] : limits;
}

function daysOf({ hours }: Series): Day[] {
  const lows = new Map<number, number>();
  for (const { at, low } of hours) {
    const day = Math.floor(at / DAY);
    lows.set(day, Math.min(low, lows.get(day) ?? Infinity));
  }
  return [...lows].map(([day, low]) => ({ day, low }));
}

function sentence(
  found: Forecast,
  { text, verdict }: Limit,
  last: number,
  { unit }: Series,
): string {
  const limit = `${text} (${verdict})`;
  switch (found.what) {
    case 'reached':
      return `it is beyond ${limit} already`;
    case 'no trend':
      return `no trend towards ${limit}: it grows by no more than noise`;
    case 'falls':
      return `it falls, and does not reach ${limit}`;
    case 'unknown since the drop':
      return `it fell ${found.days} days ago, and when it reaches ${limit} is not known since`;
    case 'too short':
      return `when it reaches ${limit} is not known: fewer than 14 days were measured`;
    case 'reaches': {
      const growth = `it grows by ${valueText({ value: found.perDay, unit })} a day`;
      if (found.from > FARTHEST) return `${growth}, and does not reach ${limit} within two years`;
      const from = dateOf(last + found.from);
      const end = found.to > FARTHEST ? 'later than in two years' : dateOf(last + found.to);
      const when = from === end ? `about ${from}` : `between ${from} and ${end}`;
      return `${growth}, and reaches ${limit} ${when}`;
    }
  }
}

function dateOf(day: number): string {
  return new Date(Math.round(day) * DAY).toISOString().slice(0, 10);
}
