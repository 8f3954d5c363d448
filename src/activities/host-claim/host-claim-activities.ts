import { activityInfo } from '@temporalio/activity';
import type { Stamp } from '../../config/time/stamp.ts';
import { acting, unclaimed } from '../../os/acting.ts';
import { openHostClaim } from '../../state/host/host-claim.ts';

/**
 * The right to change the host itself, which several targets may share. Temporal knows whether its holder
 * has ended, so that the worker serves it itself. `isOpen`: whether a run, by its workflow id, has not.
 */
export function hostClaimActivities(isOpen: (run: string) => Promise<boolean>) {
  const me = () => activityInfo().workflowExecution!.workflowId;

  return {
    /** Errors: `TargetLocked` while a run has it, of whichever target; `NotPermitted`, `StateUnusable` where the host's directory is not ours. */
    take: unclaimed(
      acting(async (stamp: Stamp): Promise<{ readonly changed: boolean }> => {
        await openHostClaim().take(me(), stamp, isOpen);
        return { changed: true };
      }),
    ),

    release: unclaimed(
      acting(async (): Promise<{ readonly changed: boolean }> => {
        await openHostClaim().release(me());
        return { changed: true };
      }),
    ),
  };
}

export type HostClaimActivities = ReturnType<typeof hostClaimActivities>;
