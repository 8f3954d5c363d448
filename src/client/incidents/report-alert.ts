import type { Client } from '@temporalio/client';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import { AlertReport, incidentId } from '../../incident/alert-report.ts';

/**
 * Opens an incident, or reports to the one that is open how it goes on. Durable when it returns, also while no worker runs.
 * Answers the incident's id. What is resolved and has no incident opens one that ends at once, and pages nobody.
 */
export async function reportAlert(
  client: Client,
  report: AlertReport,
  queue = RUNBOOKS_QUEUE,
): Promise<string> {
  const { target, fingerprint, title } = AlertReport.parse(report);
  const workflowId = incidentId(target, fingerprint);
  await client.workflow.signalWithStart('incident', {
    workflowId,
    taskQueue: queue,
    args: [],
    signal: 'report',
    signalArgs: [report],
    // Temporal's lists show no summary.
    memo: { title },
    staticSummary: cut(`${target}: ${title}`),
  });
  return workflowId;
}

/** Temporal takes 400 bytes. */
function cut(summary: string): string {
  const bytes = Buffer.from(summary);
  return bytes.length <= 400
    ? summary
    : new TextDecoder().decode(bytes.subarray(0, 390)).replace(/\uFFFD$/, '');
}
