import type { Client } from '@temporalio/client';
import { searchAttributes } from '../../engine/run/search-attributes.ts';

/** The open incidents of which nobody was told, although it was tried. Undefined: nobody knows, as in a namespace without our search attributes. `within`: in ms. `target`: of this one alone. */
export async function countUntold(
  client: Client,
  within: number,
  target?: string,
): Promise<number | undefined> {
  const of = target === undefined ? '' : ` AND WorkflowId STARTS_WITH 'incident/${target}/'`;
  const query = `WorkflowType = 'incident' AND ExecutionStatus = 'Running' AND ${searchAttributes.state.name} = 'untold'${of}`;
  try {
    const { count } = await client.withDeadline(Date.now() + within, () =>
      client.workflow.count(query),
    );
    return count;
  } catch {
    return undefined;
  }
}
