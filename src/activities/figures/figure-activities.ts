import type { Target } from '../../config/schema/target.ts';
import type { Figure } from '../../figures/figure.ts';
import { unclaimed } from '../../os/acting.ts';
import { openFigures, type Recorded } from '../../state/figures/open-figures.ts';

/** What was measured of a target, and when. */
export function figureActivities({ state, figures: { keep } }: Target) {
  return {
    /**
     * Keeps figures that were measured at one moment, `at`: ISO 8601, UTC. Tried again, it writes the same rows. Error:
     * `StateUnusable`.
     */
    record: unclaimed(async (figures: readonly Figure[], at: string): Promise<Recorded> => {
      const store = openFigures(state, keep);
      try {
        return store.record(figures, at);
      } finally {
        store.close();
      }
    }),
  };
}
