import type { Target } from '../../config/schema/target.ts';
import { acting } from '../../os/acting.ts';
import {
  type Contained,
  type Containment,
  readContainment,
  removeContainment,
  writeContainment,
} from '../../state/containment.ts';

/** Whether the application is kept down, by whom and why. `runtime.start` obeys it, whoever asks. */
export function containmentActivities(target: Target) {
  return {
    async find(): Promise<{ readonly contained?: Contained }> {
      const contained = readContainment(target);
      return contained ? { contained } : {};
    },

    /** From here on nothing starts the application but who lifts it. One that is contained already stays so, by whom it was. */
    record: acting(
      async (
        containment: Containment,
      ): Promise<{ readonly changed: boolean; readonly contained: Contained }> => {
        const before = readContainment(target);
        if (before) return { changed: false, contained: before };
        writeContainment(target, containment);
        return { changed: true, contained: readContainment(target)! };
      },
    ),

    /** The application stays down, and may be started. */
    remove: acting(async (): Promise<{ readonly changed: boolean }> => {
      const changed = readContainment(target) !== undefined;
      if (changed) removeContainment(target);
      return { changed };
    }),
  };
}
