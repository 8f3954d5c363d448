import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, QueryNotRegisteredError, type WorkflowHandle } from '@temporalio/client';
import { countText } from '../../config/text/count-text.ts';
import { UsageError } from '../../config/usage-error.ts';
import type { FollowUp } from '../../incident/beside/follow-up.ts';
import type { Incident } from '../../incident/incident.ts';
import { hasWorkflowWorker } from '../connection/pollers.ts';
import { followUpOf } from './follow-up-of.ts';
import { incidentFromHistory } from './incident-from-history.ts';
import { type IncidentRow, listIncidents } from './list-incidents.ts';

/** How long an incident is waited for before its history is read instead. */
const PATIENCE_MILLISECONDS = 5000;

/** The newest incident that a person means by any part of its id, the open ones first. Error: `UsageError`. */
export async function findIncident(
  client: Client,
  part: string,
  { open }: { readonly open: boolean },
): Promise<IncidentRow> {
  const rows = await listIncidents(client, { open });
  const meant = rows.filter(({ id, runId }) => id === part || runId === part);
  const some = meant.length > 0 ? meant : rows.filter(({ id }) => id.includes(part));
  const found = withoutReviews(some);
  const ids = [...new Set(found.map(({ id }) => id))];
  if (ids.length > 1)
    throw new UsageError(
      `"${part}" means ${countText(ids.length, 'incident')}: ${ids.slice(0, 5).join(', ')}${ids.length > 5 ? ', ...' : ''}`,
      `runbook incidents show ${ids[0]}`,
    );
  const row = found.find(({ closedAt }) => closedAt === undefined) ?? found[0];
  if (row) return row;
  throw new UsageError(
    `Cannot find an ${open ? 'open ' : ''}incident "${part}"`,
    'runbook incidents list',
  );
}

/** Who means an incident by a part of its id does not mean that of its late review. */
function withoutReviews(rows: readonly IncidentRow[]): IncidentRow[] {
  const ids = new Set(rows.map(({ id }) => id));
  return rows.filter(({ id }) => !id.includes('/review-') || !ids.has(id.replace('/review-', '/')));
}

export interface IncidentView {
  readonly incident: Incident;
  /** What is expected of people since it is over. Missing: nothing ever was. */
  readonly followUp?: FollowUp;
  /** As Temporal names it: `RUNNING`, or how it ended. */
  readonly status: string;
  /** `history`: it cannot answer itself, and what became due since then is not in it. */
  readonly source: 'incident' | 'history';
}

/**
 * All that is known of it: by its own answer while it is open, by its result afterwards; without a worker, or when none answers within
 * `patience` ms, what its history shows.
 */
export async function viewIncident(
  client: Client,
  { id, runId }: IncidentRow,
  patience = PATIENCE_MILLISECONDS,
): Promise<IncidentView> {
  const handle = client.workflow.getHandle(id, runId);
  const { status, taskQueue } = await handle.describe();
  const view = (incident: Incident, source: IncidentView['source']) => ({
    incident,
    source,
    status: status.name,
  });
  if (status.name === 'COMPLETED') {
    const followUp = await followUpOf(client, { id, runId });
    const incident = followUp?.incident ?? ((await handle.result()) as Incident);
    return { ...view(incident, 'incident'), ...(followUp && { followUp }) };
  }
  const answered =
    status.name === 'RUNNING' && (await hasWorkflowWorker(client, taskQueue))
      ? await ask(client, handle, patience).catch(() => undefined) // one that went away is listed for another minute
      : undefined;
  if (answered) return view(answered, 'incident');
  const { events } = await handle.fetchHistory();
  const incident = incidentFromHistory(events ?? []);
  if (incident) return view(incident, 'history');
  throw new UsageError(`"${id}" has not been reported yet`, `runbook incidents list`);
}

async function ask(
  client: Client,
  handle: WorkflowHandle,
  patience: number,
): Promise<Incident | undefined> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      return await client.withDeadline(deadline, () =>
        handle.query<Incident | undefined>('incident'),
      );
    } catch (error) {
      // It takes something up at this moment (engine/interceptors.ts): the next question is answered.
      if (!(error instanceof QueryNotRegisteredError) || Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
