import type { Client } from '@temporalio/client';
import { reportAlert } from '../../client/incidents/report-alert.ts';
import { signalIfOpen } from '../../client/incidents/signal-if-open.ts';
import type { Target } from '../../config/schema/target.ts';
import { type AlertReport, incidentId } from '../../incident/alert-report.ts';
import { workerIdentity } from '../../config/version.ts';

const FINGERPRINT = 'policy';

/** Opens an incident: the target is not served as its file says. Nobody is woken for it. */
export async function reportTrouble(client: Client, target: Target, why: string): Promise<void> {
  if (target.escalation.length === 0) return;
  await reportAlert(client, { ...reportOf(target, 'firing'), details: why.slice(0, 8000) });
}

export async function reportTroubleOver(client: Client, target: Target): Promise<void> {
  const id = incidentId(target.name, FINGERPRINT);
  await signalIfOpen(client, id, 'report', { ...reportOf(target, 'resolved'), hold: '0s' });
}

function reportOf({ name }: Target, status: AlertReport['status']): AlertReport {
  return {
    target: name,
    fingerprint: FINGERPRINT,
    status,
    severity: 'sev4',
    origin: 'run',
    title: `"${name}" is not served as its file says`,
    source: workerIdentity(),
    at: new Date().toISOString(),
  };
}
