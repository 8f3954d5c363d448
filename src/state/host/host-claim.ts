import { hostname } from 'node:os';
import type { Target } from '../../config/schema/target.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { openClaim, type Others } from '../claim.ts';
import { ensureHostDirectory } from './host-directory.ts';

/** No run is kept from the host by what starts by itself: the target's own governor has let it in. */
const UNGOVERNED: Target['governor'] = { automatic: '3 per hour' };

/**
 * One run at a time changes the host, whichever of its targets it is for: a second claim, beside the target's, by the same rules. Whoever acts
 * on the host holds its write lock meanwhile. A run that ended without releasing it is taken over by the next one, which first puts right
 * what it finds half done.
 */
export function openHostClaim() {
  const claim = openClaim({
    state: ensureHostDirectory('claim'),
    name: `host ${hostname()}`,
    governor: UNGOVERNED,
  });

  return {
    /** Error: `TargetLocked` while another run has it, which passes. */
    async take(run: string, stamp: Stamp, isOpen: Others['isOpen']): Promise<void> {
      await claim.take(run, REQUEST(stamp), { isOpen, stop: async () => {} });
    },

    /** The same once more is no error. */
    async release(run: string): Promise<void> {
      await claim.release(run, { cleanedUp: true });
    },

    /** Errors: `LockLost`, `TooLate`, as those of a target's claim. */
    async whileHeld<Result>(
      run: string,
      work: () => Promise<Result>,
      deadline?: number,
    ): Promise<Result> {
      return claim.whileHeld(run, work, deadline);
    },
  };
}

const REQUEST = (stamp: Stamp) => ({
  stamp,
  wait: true,
  preempt: false,
  takeOverIncomplete: true,
  governed: false,
});
