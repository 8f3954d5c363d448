import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { searchAttributes } from '../../../engine/run/search-attributes.ts';
import { isNotFound } from '../../connection/is-not-found.ts';
import { catalogue } from '../../catalogue.ts';

/** The newest that ended done are asked for: when one was last done, and what is usual. */
const KEPT = 10;
/** A look of a worker that has much to catch up with ends all the same, and the next goes on. */
const MAX_FORGOTTEN = 500;

/**
 * Deletes from Temporal those runs of a target that a schedule started, that only read, ended done, and did so longer ago than
 * `records.readings`: nine of ten of all runs are such. None whose report does not lie beside the target, and never the newest of a runbook.
 * Answers how many. Error: Temporal's, also where the namespace lacks our search attributes.
 */
export async function forgetReadings(
  client: Client,
  target: Pick<Target, 'name' | 'records'>,
  hasReport: (run: string) => boolean,
  now = Date.now(),
): Promise<number> {
  const before = new Date(now - inMilliseconds(target.records.readings));
  let forgotten = 0;
  for (const [runbook, { kind }] of catalogue) {
    if (kind !== 'reads') continue;
    let newer = 0;
    for await (const { workflowId, runId, closeTime } of doneRuns(client, runbook, target.name)) {
      newer += 1;
      if (newer <= KEPT || closeTime === undefined || closeTime >= before) continue;
      if (!hasReport(workflowId)) continue;
      await forget(client, workflowId, runId);
      forgotten += 1;
      if (forgotten === MAX_FORGOTTEN) return forgotten;
    }
  }
  return forgotten;
}

/** The newest first. */
function doneRuns(
  client: Client,
  runbook: string,
  target: string,
): AsyncIterable<WorkflowExecutionInfo> {
  return client.workflow.list({
    query:
      `WorkflowType = '${runbook}' AND WorkflowId STARTS_WITH '${runbook}/${target}/due-'` +
      ` AND ExecutionStatus = 'Completed' AND ${searchAttributes.state.name} = 'done'`,
  });
}

/** Only this run of the id: nothing is done to one that has begun since. Temporal lists it for some 20 s after it is gone. */
async function forget(client: Client, workflowId: string, runId: string): Promise<void> {
  try {
    await client.workflowService.deleteWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId, runId },
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
