import { activityInfo, getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Target } from '../config/target.ts';
import { type ClaimRequest, openClaim } from './support/claim.ts';

/** What a run learns when it is let in: recorded in its history, so that a replay decides the same. */
export interface Admission {
  /** False when this Temporal namespace lacks our search attributes: to set one would block the run. */
  readonly searchAttributes: boolean;
  /** A run that ended without letting go, whose target was taken over. */
  readonly dirty?: string;
}

/** How a run enters and leaves a target. Called by the engine only, never by a step. */
export function targetActivities(target: Target, { searchAttributes }: Admission) {
  const claim = openClaim(target);
  const me = () => activityInfo().workflowExecution!.workflowId;

  return {
    /** A run that only reads needs no claim. */
    async 'target.enter'(): Promise<Admission> {
      return { searchAttributes };
    },

    /** Errors: `TargetLocked`, `TargetDirty`. */
    async 'target.take'(request: ClaimRequest): Promise<Admission> {
      return { searchAttributes, ...(await claim.take(me(), request, isOpen)) };
    },

    async 'target.release'(): Promise<void> {
      await claim.release(me());
    },
  };
}
export type TargetActivities = ReturnType<typeof targetActivities>;

/** A run that Temporal no longer knows is as closed as one that ended. */
async function isOpen(workflowId: string): Promise<boolean> {
  try {
    const { status } = await getClient().workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
