import type { Target } from '../../config/schema/target.ts';
import { openFigures } from '../../state/figures/open-figures.ts';

/** What a series was in the last hour, in the unit of its figure. */
export interface Recent {
  readonly name: string;
  /** How many samples it is of. */
  readonly n: number;
  readonly median: number;
  readonly highest: number;
}

const HOUR = 3_600_000;

/** Of every series that was measured in the last hour. None before the first record. Error: `StateUnusable`. */
export function recentOf({ state }: Pick<Target, 'state'>, now = Date.now()): Recent[] {
  const store = openFigures(state);
  const [from, to] = [new Date(now - HOUR).toISOString(), new Date(now).toISOString()];
  try {
    return store.series().flatMap((name) => {
      const values = store
        .raw(name, from, to)
        .map(({ value }) => value)
        .toSorted((one, other) => one - other);
      if (values.length === 0) return [];
      const median = values[Math.ceil(values.length / 2) - 1]!;
      return { name, n: values.length, median, highest: values.at(-1)! };
    });
  } finally {
    store.close();
  }
}
