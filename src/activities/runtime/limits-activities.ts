import type { ComposeRuntime } from '../../config/schema/runtime.ts';
import type { Target } from '../../config/schema/target.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { acting } from '../../os/acting.ts';
import { permanent } from '../../os/failure.ts';
import type { Limits } from './compose/compare/limits.ts';
import { findLimits, type FoundLimits } from './compose/limits/find-limits.ts';
import { goBackToKept, type WentBack } from './compose/limits/go-back.ts';
import { expectLimits } from './compose/limits/expect-limits.ts';
import { persistLimits } from './compose/limits/persist-limits.ts';
import { setLimits } from './compose/limits/set-limits.ts';
import { systemdLimits } from './systemd/limits/systemd-limits.ts';

/** How much memory and how many processors the application may use. A process has no limits of its own: `NotApplicable`. */
export function limitActivities(target: Target) {
  const { runtime } = target;
  const ofUnit = runtime.kind === 'systemd' ? systemdLimits(target, runtime) : undefined;

  return {
    /** Demands that it can live with these. Errors: `NotApplicable`, `CannotCheck`, `NotReady`, and those of Docker. */
    async find(wanted: Limits): Promise<FoundLimits> {
      if (runtime.kind === 'process') throw unlimited();
      return ofUnit ? ofUnit.find(wanted) : findLimits(target, expectCompose(), wanted);
    },

    /** Gives it these while it runs. What there was before is kept first. */
    set: acting(async (stamp: Stamp, wanted: Limits): Promise<{ readonly changed: boolean }> =>
      ofUnit ? ofUnit.set(stamp, wanted) : setLimits(target, expectCompose(), stamp, wanted),
    ),

    /** Writes them into the last of its Compose files, or into an override; of a unit, where systemd keeps what was set. */
    persist: acting(async (stamp: Stamp, wanted: Limits) =>
      ofUnit
        ? ofUnit.persist(stamp, wanted)
        : persistLimits(target, expectCompose(), stamp, wanted),
    ),

    /** Demands that they are so, live and by what the next start reads. Error: `LimitsDiffer`. */
    async expectSet(wanted: Limits): Promise<{ readonly note: string }> {
      return ofUnit ? ofUnit.expectSet(wanted) : expectLimits(target, expectCompose(), wanted);
    },

    /** Puts back what a run has kept, live and in its file. Nothing where it has kept nothing. */
    goBack: acting(async (stamp: Stamp): Promise<WentBack> => {
      if (ofUnit) return ofUnit.goBack(stamp);
      return runtime.kind === 'compose' ? goBackToKept(target, runtime, stamp) : { changed: false };
    }),
  };

  function expectCompose(): ComposeRuntime {
    if (runtime.kind === 'compose') return runtime;
    throw unlimited();
  }

  function unlimited(): Error {
    return permanent(
      'NotApplicable',
      `"${target.name}" is a process, and has no limits that could be set: run it in a container, or as a unit of systemd`,
    );
  }
}
