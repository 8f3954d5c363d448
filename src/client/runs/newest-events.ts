import type { Client, Connection } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';

/** The last events of a history, `most` of them at most, the newest first. Without `runId`: of the newest execution of that id. */
export async function newestEvents(
  { connection, options: { namespace } }: Client,
  execution: { readonly workflowId: string; readonly runId?: string },
  most: number,
): Promise<readonly temporal.api.history.v1.IHistoryEvent[]> {
  const { workflowService } = connection as Connection;
  const { history } = await workflowService.getWorkflowExecutionHistoryReverse({
    namespace,
    execution,
    maximumPageSize: most,
  });
  return history?.events ?? [];
}
