import type { Client } from '@temporalio/client';
import { reportAlert } from '../../../client/incidents/report-alert.ts';
import { signalIfOpen } from '../../../client/incidents/signal-if-open.ts';
import type { StuckRun } from '../../../client/runs/stuck/stuck-runs.ts';
import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import { workerIdentity } from '../../../config/version.ts';
import { type AlertReport, incidentId } from '../../../incident/alert-report.ts';

const FINGERPRINT = 'stuck-runs';
const MAX_DETAILS = 8000;

/** Opens an incident of the target, or says to the one that is open what stands still now. It may hold the target while that is down. */
export async function reportStuck(
  client: Client,
  target: Target,
  stuck: readonly StuckRun[],
  queue?: string,
): Promise<void> {
  if (target.escalation.length === 0) return;
  const details = stuck.map(({ run, reason }) => `${run}: ${reason}`).join('\n');
  const report = reportOf(target, 'firing', stuck.length);
  await reportAlert(client, { ...report, details: details.slice(0, MAX_DETAILS) }, queue);
}

export async function reportStuckOver(client: Client, target: Target): Promise<void> {
  if (target.escalation.length === 0) return;
  const id = incidentId(target.name, FINGERPRINT);
  await signalIfOpen(client, id, 'report', { ...reportOf(target, 'resolved', 0), hold: '0s' });
}

function reportOf({ name }: Target, status: AlertReport['status'], count: number): AlertReport {
  const title =
    status === 'firing'
      ? `${countText(count, 'run')} of "${name}" ${count === 1 ? 'does' : 'do'} not go on`
      : `Every run of "${name}" goes on`;
  return {
    target: name,
    fingerprint: FINGERPRINT,
    status,
    severity: 'sev2',
    origin: 'run',
    title,
    source: workerIdentity(),
    at: new Date().toISOString(),
  };
}
