import type { Target } from '../../../config/schema/target.ts';
import { openFigures } from '../../../state/figures/open-figures.ts';

const WEEK = 7 * 86_400_000;
const WEEKS = 4;
/** Of fewer weeks nobody can say what is usual. */
const MIN_WEEKS = 3;

/** How many connections there were at this hour of the last four weeks: the median of their means. Undefined: not measured for so long. */
export function usualUsers({ state }: Pick<Target, 'state'>, now: number): number | undefined {
  const store = openFigures(state);
  try {
    const means = Array.from({ length: WEEKS }, (_, week) => {
      const at = new Date(now - (week + 1) * WEEK).toISOString();
      return store.hours('app.users', at, at)[0]?.mean;
    })
      .filter((mean) => mean !== undefined)
      .toSorted((one, other) => one - other);
    return means.length < MIN_WEEKS ? undefined : means[Math.floor(means.length / 2)];
  } catch {
    return undefined;
  } finally {
    store.close();
  }
}
