import { activityInfo, getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import type { Target } from '../../config/schema/target.ts';
import type { Hold } from '../../incident/beside/hold.ts';
import { acting, unclaimed } from '../../os/acting.ts';

/** The alerts about one target. Kept in Temporal, where whoever hears of an alert finds them. */
export function alertActivities({ name }: Pick<Target, 'name'>, queue = RUNBOOKS_QUEUE) {
  const workflowId = suppressionId(name);
  const me = () => activityInfo().workflowExecution!.workflowId;

  return {
    /**
     * Holds alerts back until that time (ISO 8601), or until this run lifts it. Asking again moves the time. `tell`: what people
     * are told then, unless it was lifted before.
     */
    suppress: unclaimed(
      acting(
        async (until: string, why: string, tell?: string): Promise<{ readonly until: string }> => {
          const hold: Hold = { by: me(), why, until, ...(tell !== undefined && { tell }) };
          await getClient().workflow.signalWithStart('suppression', {
            workflowId,
            taskQueue: queue,
            signal: 'hold',
            signalArgs: [hold],
            staticSummary: `Alerts of ${name} are held back`,
          });
          return { until };
        },
      ),
    ),

    /** Ends what this run asked for, or one that was terminated. Whoever else works on the target goes on being left alone. */
    lift: unclaimed(
      acting(async (by: string = me()): Promise<{ readonly changed: boolean }> => {
        try {
          await getClient().workflow.getHandle(workflowId).signal('lift', { by });
          return { changed: true };
        } catch (error) {
          // Its time is over already.
          if (error instanceof WorkflowNotFoundError) return { changed: false };
          throw error;
        }
      }),
    ),
  };
}

export type AlertActivities = ReturnType<typeof alertActivities>;

/** Open as long as alerts of this target are held back. */
export function suppressionId(target: string): string {
  return `suppression/${target}`;
}
