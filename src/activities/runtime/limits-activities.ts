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

/** How much memory and how many processors the application may use. A process has no limits of its own: `NotApplicable`. */
export function limitActivities(target: Target) {
  const { runtime } = target;

  return {
    /** Demands that it can live with these. Errors: `NotApplicable`, `CannotCheck`, `NotReady`, and those of Docker. */
    async find(wanted: Limits, replicas: number): Promise<FoundLimits> {
      const compose = expectCompose();
      expectOne(replicas);
      return findLimits(target, compose, wanted);
    },

    /** Gives its containers these while they run. What there was before is kept first. */
    set: acting(async (stamp: Stamp, wanted: Limits): Promise<{ readonly changed: boolean }> =>
      setLimits(target, expectCompose(), stamp, wanted),
    ),

    /** Writes them into the last of its Compose files, or into an override. */
    persist: acting(async (stamp: Stamp, wanted: Limits) =>
      persistLimits(target, expectCompose(), stamp, wanted),
    ),

    /** Demands that they are so, live and by what Compose reads. Error: `LimitsDiffer`. */
    async expectSet(wanted: Limits): Promise<{ readonly note: string }> {
      return expectLimits(target, expectCompose(), wanted);
    },

    /** Puts back what a run has kept, live and in its file. Nothing where it has kept nothing. */
    goBack: acting(async (stamp: Stamp): Promise<WentBack> =>
      runtime.kind === 'compose' ? goBackToKept(target, runtime, stamp) : { changed: false },
    ),
  };

  function expectCompose(): ComposeRuntime {
    if (runtime.kind === 'compose') return runtime;
    throw permanent(
      'NotApplicable',
      `"${target.name}" is a process, and has no limits that could be set: run it in a container, or as a unit of systemd with "MemoryMax" and "CPUQuota"`,
    );
  }
}

/** More would write into one database side by side. */
function expectOne(replicas: number): void {
  if (replicas === 1) return;
  throw permanent(
    'NotApplicable',
    `SQLite does not support multiple writers: ${replicas} replicas need a database that does, and migrate-to-postgres comes first`,
  );
}
