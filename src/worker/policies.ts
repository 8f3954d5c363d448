import { fingerprintOf } from '../config/fingerprint.ts';
import type { Target } from '../config/schema/target.ts';
import { keepPolicy, keptPolicy } from '../state/policies.ts';

export type Policies = ReturnType<typeof openPolicies>;

/** One target as its file says, and as it was said when runs began that still go on. */
export function openPolicies(first: Target) {
  let current = first;
  const known = new Map([[fingerprintOf(first), first]]);

  return {
    /** By which runs begin. */
    current: () => current,

    /** Runs that begin from now on do by this one. */
    change(target: Target): void {
      current = target;
      known.set(fingerprintOf(target), target);
      keep();
    },

    /** The one by which a run began. It goes on by today's when that one is kept nowhere. */
    of(fingerprint: string | undefined): Target {
      if (fingerprint === undefined) return current;
      const kept = known.get(fingerprint) ?? keptPolicy(current, fingerprint);
      if (kept) known.set(fingerprint, kept);
      return kept ?? current;
    },

    keep,
  };

  /** For a worker that comes after this one. A state directory that cannot be written is reported by the run that takes the target. */
  function keep(): void {
    try {
      keepPolicy(current);
    } catch {
      // See above.
    }
  }
}
