import { type Client, WorkflowNotFoundError } from '@temporalio/client';

/** A run that Temporal no longer knows is as closed as one that ended. */
export async function isOpenRun(client: Client, run: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(run).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
