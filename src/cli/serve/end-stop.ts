import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Target } from '../../config/schema/target.ts';
import { readStopped, removeStopped, type Stopped } from '../../state/stopped.ts';

/**
 * What was stopped on purpose runs again: the record goes, and alerts come through. Else nobody would hear when it is down the next
 * time.
 */
export async function endStop(client: Client, target: Target, { run }: Stopped): Promise<void> {
  // The record last: when this fails, it still tells whose alerts are to be let through.
  await lift(client, target, run);
  if (readStopped(target)?.run === run) removeStopped(target);
}

/** As `alerts.lift` of a run does. */
async function lift(client: Client, { name }: Target, by: string): Promise<void> {
  try {
    await client.workflow.getHandle(`suppression/${name}`).signal('lift', { by });
  } catch (error) {
    // Its time is over already.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
