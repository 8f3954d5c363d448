import type { Target } from '../../config/schema/target.ts';
import type { Figure } from '../../figures/figure.ts';
import { unclaimed } from '../../os/acting.ts';
import { figuresOf, type SampleOptions } from './figures-of.ts';

/** What is measured of the target. */
export function healthActivities(target: Target) {
  return {
    /** Measures all, once. It keeps counters in the state directory, and writes one key of its own to the cache. */
    sample: unclaimed(
      async (options: Pick<SampleOptions, 'answers' | 'thorough'> = {}): Promise<Figure[]> =>
        figuresOf(target, options),
    ),
  };
}
