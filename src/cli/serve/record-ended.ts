import type { Client } from '@temporalio/client';
import { signalIfOpen } from '../../client/incidents/signal-if-open.ts';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import type { Target } from '../../config/schema/target.ts';
import { type AlertReport, incidentId } from '../../incident/alert-report.ts';
import type { Hold } from '../../incident/hold.ts';
import { type EndingStop, settleEndingStop } from '../../state/ending-stop.ts';

/** The run of `stop-application` that had given up has an incident by its runbook's name. */
const FINGERPRINT = 'stop-application';

/** It is on record as stopped on purpose, alerts are held back as if it had ended at once, and the incident of its run is over. */
export async function recordEnded(
  client: Client,
  target: Target,
  { record, hold }: EndingStop,
  queue = RUNBOOKS_QUEUE,
): Promise<void> {
  const { name } = target;
  const held: Hold = { ...hold, by: record.run };
  // The record last: while it is not there, this is tried again.
  if (Date.parse(hold.until) > Date.now())
    await client.workflow.signalWithStart('suppression', {
      workflowId: `suppression/${name}`,
      taskQueue: queue,
      signal: 'hold',
      signalArgs: [held],
      staticSummary: `Alerts of ${name} are held back`,
    });
  const said: AlertReport = {
    target: name,
    fingerprint: FINGERPRINT,
    status: 'resolved',
    origin: 'run',
    severity: 'sev2',
    title: `The application has ended, as ${record.by} had asked: ${name}`.slice(0, 300),
    source: record.run,
    at: new Date().toISOString(),
  };
  await signalIfOpen(client, incidentId(name, FINGERPRINT), 'report', said);
  settleEndingStop(target);
}
