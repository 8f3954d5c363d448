import type { Target } from '../../config/schema/target.ts';
import { unclaimed } from '../../os/acting.ts';
import { marked, type SampledFigure } from './known.ts';
import { type Recent, recentOf } from './recent.ts';
import { figuresOf, type SampleOptions } from './figures-of.ts';

/** What is measured of the target. */
export function healthActivities(target: Target) {
  return {
    /** What was measured in the last hour, in short. */
    async recent(): Promise<Recent[]> {
      return recentOf(target);
    },

    /** Measures all, once. It keeps counters in the state directory, and writes one key of its own to the cache. */
    sample: unclaimed(
      async (options: Pick<SampleOptions, 'answers' | 'thorough'> = {}): Promise<SampledFigure[]> =>
        marked(target, await figuresOf(target, options)),
    ),
  };
}
