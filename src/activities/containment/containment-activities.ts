import type { Target } from '../../config/schema/target.ts';
import { acting } from '../../os/acting.ts';
import { failureOf } from '../../os/failure-of.ts';
import {
  type Contained,
  type Containment,
  readContainment,
  removeContainment,
  writeContainment,
} from '../../state/containment.ts';
import { endedStop, readStopped, type Stopped } from '../../state/stopped.ts';
import { driverFor } from '../runtime/driver-for.ts';

interface Recorded {
  readonly changed: boolean;
  readonly contained: Contained;
  /** Whether it is contained by the run that asked. */
  readonly own: boolean;
}

interface Found {
  readonly contained?: Contained;
  /** On purpose, and it is down. */
  readonly stopped?: Stopped;
  /** It was stopped on purpose, and runs: somebody has started it by hand. */
  readonly startedSince?: Stopped;
}

/** Whether the application is kept down, by whom and why. `runtime.start` obeys it, whoever asks. */
export function containmentActivities(target: Target) {
  function readableOne(): Contained | undefined {
    try {
      return readContainment(target);
    } catch (error) {
      if (failureOf(error).type === 'ContainmentUnreadable') return undefined;
      throw error;
    }
  }

  /** Where nobody can tell, what is on record counts. */
  async function isRunning(): Promise<boolean> {
    const seen = await driverFor(target)
      .describe()
      .catch(() => undefined);
    return seen?.running === true;
  }

  return {
    /** What keeps the application down. */
    async find(): Promise<Found> {
      const contained = readContainment(target);
      const record = readStopped(target);
      const ended = endedStop(target);
      if (!record && !ended) return contained ? { contained } : {};
      const found = (await isRunning())
        ? { ...(record && { startedSince: record }) }
        : { stopped: (record ?? ended)! };
      return { ...(contained && { contained }), ...found };
    },

    /**
     * From here on nothing starts the application but who lifts it. One that is contained already stays so, by whom it was; the
     * same run may correct what it has recorded. A record that cannot be read is replaced: it kept the application down, too.
     */
    record: acting(async (containment: Containment): Promise<Recorded> => {
      const before = readableOne();
      if (before && !corrects(containment, before))
        return { changed: false, contained: before, own: before.run === containment.run };
      writeContainment(target, containment);
      return { changed: true, contained: readContainment(target)!, own: true };
    }),

    /** The application stays down, and may be started. `of`: only when this run contained it. */
    remove: acting(async (of?: string): Promise<{ readonly changed: boolean }> => {
      const contained = readContainment(target);
      const changed = contained !== undefined && (of === undefined || contained.run === of);
      if (changed) removeContainment(target);
      return { changed };
    }),
  };
}

/** Who contained it has seen meanwhile whether it ran. */
function corrects(one: Containment, before: Containment): boolean {
  const { run, by, since } = before;
  return one.run === run && one.by === by && one.since === since && one.ran !== before.ran;
}
