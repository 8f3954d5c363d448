import type { Figure } from '../../../figures/figure.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { openFigures } from '../../../state/figures/open-figures.ts';
import { limitsOf } from '../judging/judged.ts';
import { measured, notApplicable, type Sampling } from '../sampling.ts';

/** In seconds. */
const DAY = 86_400;
/** Of less, a leap is taken for the way of a day. */
const MIN_SECONDS = 12 * 3600;

/** `database.growth`, in bytes a second over the last day: it grows by leaps, so that a minute says nothing. */
export function growth(sampling: Sampling, bytes: number): Figure {
  const { target } = sampling;
  const name = 'database.growth';
  const source = 'database.size of the last day';
  const now = Date.parse(sampling.at);
  const first = eldestOfDay(target, now);
  const seconds = first ? (now - first.at) / 1000 : 0;
  if (!first || seconds < MIN_SECONDS)
    return notApplicable(
      sampling,
      name,
      'bytes per second',
      source,
      'Not measured for long enough',
    );
  const by = Math.max(0, bytes - first.low);
  const value = by / seconds;
  const { warning, critical, bad } = limitsOf(target, 'databaseGrowth');
  const perSecond = (limit: typeof warning) =>
    limit && { text: `${limit.text} a day`, value: limit.value / DAY };
  return measured(
    sampling,
    name,
    {
      value,
      unit: 'bytes per second',
      source,
      note: `${inMebibytes(by)} in ${Math.round(seconds / 3600)} hours`,
    },
    { warning: perSecond(warning), critical: perSecond(critical), bad },
  );
}

function eldestOfDay({ state }: Sampling['target'], now: number) {
  const at = (age: number) => new Date(now - age * 1000).toISOString();
  const store = openFigures(state);
  try {
    return store.hours('database.size', at(DAY), at(0))[0];
  } catch {
    // One that cannot be read is told by whoever writes to it.
    return undefined;
  } finally {
    store.close();
  }
}
