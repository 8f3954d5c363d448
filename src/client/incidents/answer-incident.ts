import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Answer } from '../../incident/messages.ts';

/** Kept also while no worker runs. False: there is no open incident of this id. */
export async function answerIncident(client: Client, id: string, answer: Answer): Promise<boolean> {
  try {
    await client.workflow.getHandle(id).signal('answer', answer);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
