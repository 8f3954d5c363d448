import type { Client } from '@temporalio/client';
import { searchAttributes } from '../../engine/run/search-attributes.ts';

/** The open incidents of which nobody was told, although it was tried. Undefined: nobody knows, as in a namespace without our search attributes. `within`: in ms. */
export async function countUntold(client: Client, within: number): Promise<number | undefined> {
  const query = `WorkflowType = 'incident' AND ExecutionStatus = 'Running' AND ${searchAttributes.state.name} = 'untold'`;
  try {
    const { count } = await client.withDeadline(Date.now() + within, () =>
      client.workflow.count(query),
    );
    return count;
  } catch {
    return undefined;
  }
}
