import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { UsageError } from '../../config/usage-error.ts';
import type { AlertReport } from '../../incident/alert-report.ts';
import { refusalOf } from '../../incident/guards.ts';
import type { Incident } from '../../incident/incident.ts';
import { reportAlert } from './report-alert.ts';
import { viewIncident } from './view-incident.ts';

interface Asked {
  readonly by: string;
  readonly reason: string;
  /** The workflow run of the episode that is meant. Default: the newest. */
  readonly run?: string | undefined;
}

/**
 * It is not over: the next episode begins, with what is known of the former, as long as Temporal has that. Whoever is due is called from
 * level 1 on. Error: `UsageError` when it is open, or nobody knows it any more.
 */
export async function reopenIncident(
  client: Client,
  id: string,
  { by, reason, run }: Asked,
  queue?: string,
): Promise<Incident> {
  const { incident, runId } = await formerOf(client, id, run);
  const why = refusalOf(incident, { what: 'reopen' }, new Date().toISOString());
  if (why !== undefined)
    throw new UsageError(`Cannot reopen "${id}": ${why}`, `runbook incidents show ${id}`);
  const { target, fingerprint, severity, kind, title, details, links, to } = incident;
  const report: AlertReport = {
    target,
    fingerprint,
    status: 'firing',
    origin: 'person',
    severity,
    ...(kind && { kind }),
    title,
    ...(details !== undefined && { details }),
    links: [...links],
    ...(to !== undefined && { to }),
    source: by,
    at: new Date().toISOString(),
    reopens: { run: runId, reason },
  };
  await reportAlert(client, report, queue);
  return incident;
}

async function formerOf(client: Client, id: string, run?: string) {
  try {
    const { runId, status } = await client.workflow.getHandle(id).describe();
    // Where a newer episode is, an older one is none that could be reopened.
    if (run !== undefined && run !== runId && status.name !== 'RUNNING')
      throw new UsageError(`"${id}" has had a newer episode since`, `runbook incidents show ${id}`);
    const row = { id, runId, state: '', openedAt: '' };
    return { runId, incident: (await viewIncident(client, row)).incident };
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new UsageError(
      `Cannot reopen "${id}": Temporal has its history no longer`,
      'runbook incidents open "what is wrong" --severity sev2',
    );
  }
}
