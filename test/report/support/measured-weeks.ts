import type { Figure, Unit } from '../../../src/figures/figure.ts';
import { openFigures } from '../../../src/state/figures/open-figures.ts';

const HALF_HOUR = 1_800_000;
const DAY = 48 * HALF_HOUR;

/** What one series shows at a time. `age` in days, from now on back. Undefined: it is not measured. */
export interface MadeSeries {
  readonly unit: Unit;
  readonly value: (age: number) => number | undefined;
}

/** Keeps figures in a real figures.db, each half hour of the last `days`. */
export function keepWeeks(
  state: string,
  series: Readonly<Record<string, MadeSeries>>,
  now: number,
  days = 15,
): void {
  const store = openFigures(state);
  for (let time = now - days * DAY; time <= now; time += HALF_HOUR) {
    const at = new Date(time).toISOString();
    const figures = Object.entries(series).flatMap(([name, { unit, value }]): Figure[] => {
      const found = value((now - time) / DAY);
      return found === undefined
        ? []
        : [{ name, unit, value: found, source: 'test', at, verdict: 'ok', note: 'Made' }];
    });
    if (figures.length > 0) store.record(figures, at);
  }
  store.close();
}

/** The same at each call, from 0 to 1. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
