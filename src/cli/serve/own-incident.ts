import type { Client } from '@temporalio/client';
import { reportAlert } from '../../client/incidents/report-alert.ts';
import { signalIfOpen } from '../../client/incidents/signal-if-open.ts';
import type { Target } from '../../config/schema/target.ts';
import { workerIdentity } from '../../config/version.ts';
import { type AlertReport, incidentId } from '../../incident/alert-report.ts';

/** What a worker notices of its own work, for one target: one incident each. */
type Kind = Pick<AlertReport, 'fingerprint' | 'severity'>;

const MAX_DETAILS = 8000;

/** Opens it, or says to the one that is open how it stands now. A target without people has none. */
export async function reportOwn(
  client: Client,
  target: Target,
  { details, ...said }: Kind & { readonly title: string; readonly details: string },
  queue?: string,
): Promise<void> {
  if (target.escalation.length === 0) return;
  const report = { ...reportOf(target, 'firing', said), details: details.slice(0, MAX_DETAILS) };
  await reportAlert(client, report, queue);
}

export async function reportOwnOver(
  client: Client,
  target: Target,
  said: Kind & { readonly title: string },
): Promise<void> {
  const id = incidentId(target.name, said.fingerprint);
  const report = { ...reportOf(target, 'resolved', said), hold: '0s' };
  await signalIfOpen(client, id, 'report', report);
}

function reportOf(
  { name }: Target,
  status: AlertReport['status'],
  said: Kind & { readonly title: string },
): AlertReport {
  return {
    target: name,
    status,
    origin: 'run',
    source: workerIdentity(),
    at: new Date().toISOString(),
    ...said,
  };
}
