import { lastBoot, noteBoot } from '../../activities/runtime/boot-record.ts';
import { driverFor } from '../../activities/runtime/driver-for.ts';
import type { Target } from '../../config/schema/target.ts';
import { readContainment } from '../../state/containment.ts';
import { endedStop, readStopped } from '../../state/stopped.ts';

/** How a target is found beside it after a start of its machine. */
export function sinceBoot(target: Target) {
  return {
    /** The start of the machine that was noted last. Undefined: it was never served from here. */
    last: () => lastBoot(target),
    note: (boot: string) => noteBoot(target, boot),

    /** What runs of it, as text. Undefined: nothing; or that cannot be seen, as while Docker is not up yet. */
    async running(): Promise<string | undefined> {
      const seen = await driverFor(target)
        .describe()
        .catch(() => undefined);
      return seen?.running ? seen.detail : undefined;
    },

    /** Why it is to stay down, as a sentence. A record that cannot be read counts: nobody may think then that it can be started. */
    keptDown(): string | undefined {
      try {
        return (readContainment(target) ?? readStopped(target) ?? endedStop(target))?.note;
      } catch (error) {
        return (error as Error).message;
      }
    },
  };
}
