import type { Client } from '@temporalio/client';
import { reviewId } from '../../incident/alert-report.ts';

/** The workflow that waits for the review of an incident, the newest first; undefined when none does. */
export async function openReviewOf(client: Client, incident: string): Promise<string | undefined> {
  const query = `WorkflowType = 'incident-review' AND ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH '${reviewId(incident, '')}'`;
  for await (const { workflowId } of client.workflow.list({ query })) return workflowId;
  return undefined;
}
