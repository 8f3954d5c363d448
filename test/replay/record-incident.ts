import type { Client } from '@temporalio/client';
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker';
import { addToIncident } from '../../src/client/incidents/answer-incident.ts';
import { followUpId } from '../../src/client/incidents/follow-up-of.ts';
import { simulateIncident } from '../../src/client/incidents/simulate-incident.ts';
import { loadTarget } from '../../src/config/load/load.ts';
import type { AlertReport } from '../../src/incident/alert-report.ts';
import { startWorker } from '../../src/worker.ts';

const MINUTE = 60_000;

/** An incident with all that people and time do to it, in skipped time, and its review. Answers the workflow ids by name. */
export async function playIncident(
  client: Client,
  connection: NativeConnection,
  workflowBundle: WorkflowBundleOption,
): Promise<Readonly<Record<string, string>>> {
  const b = loadTarget('analytics-hub', 'targets');
  const worker = await startWorker({
    connection,
    namespace: client.options.namespace,
    targets: [],
    known: [b],
    // The first page reaches nobody.
    deliver: async (_target, { key }) => [
      { channel: 'email', delivered: !key.endsWith('/1'), detail: '250 Ok' },
    ],
    searchAttributes: true,
    workflowBundle,
    queue: 'incidents',
  });
  const report: AlertReport = {
    target: b.name,
    fingerprint: 'example',
    status: 'firing',
    severity: 'sev2',
    title: 'Slow answers',
    source: 'alertmanager',
    at: new Date().toISOString(),
  };
  const by = 'engineer-1';
  const { id } = await simulateIncident(client, {
    report,
    at: new Date(),
    queue: 'incidents',
    length: 600 * MINUTE,
    said: [
      { after: 10 * MINUTE, report: { severity: 'sev1' } },
      { after: 60 * MINUTE, answer: { what: 'acknowledge', by } },
      { after: 61 * MINUTE, answer: { what: 'note', by, text: 'The disk is slow' } },
      { after: 62 * MINUTE, answer: { what: 'task', by, title: 'Replace it', owner: by } },
      // Nobody is heard of for more than an hour: it is paged again.
      { after: 200 * MINUTE, report: { status: 'resolved' } },
      { after: 202 * MINUTE, report: { status: 'firing' } },
      { after: 203 * MINUTE, answer: { what: 'acknowledge', by } },
      { after: 210 * MINUTE, report: { status: 'resolved' } },
    ],
  });
  const { runId } = await client.workflow.getHandle(id).describe();
  const review = await followUpId(client, { id, runId });
  await addToIncident(client, { id, runId }, { what: 'review', by, text: 'We replaced it' });
  await addToIncident(client, { id, runId }, { what: 'task-done', by, task: 1 });
  await client.workflow.getHandle(review).result();
  await worker.stop();
  return { 'incident.resolved': id, 'incident-review.reviewed': review };
}
