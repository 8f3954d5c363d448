import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { Serving, servingId } from '../../config/serving.ts';

/** Who serves a target, and from where, as far as workers have said so. Reads a memo: no worker is needed. Undefined: nobody ever has. */
export async function viewServing(client: Client, target: string): Promise<Serving | undefined> {
  try {
    const { memo } = await client.workflow.getHandle(servingId(target)).describe();
    const read = Serving.safeParse(memo?.['serving']);
    return read.success ? read.data : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
