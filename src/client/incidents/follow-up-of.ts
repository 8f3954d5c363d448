import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { reviewId } from '../../incident/alert-report.ts';
import type { FollowUp } from '../../incident/beside/follow-up.ts';
import { incidentFromHistory } from './incident-from-history.ts';
import type { IncidentRow } from './list-incidents.ts';

/** Where no worker answers by then, it is shown how the incident ended. */
const PATIENCE_MILLISECONDS = 3000;

/** What is still to be done of an episode that is over, or was. Undefined: nothing, and nobody has added anything. */
export async function followUpOf(
  client: Client,
  row: Pick<IncidentRow, 'id' | 'runId'>,
): Promise<FollowUp | undefined> {
  const handle = client.workflow.getHandle(await followUpId(client, row));
  const status = await statusOf(handle);
  if (status === 'COMPLETED') return (await handle.result()) as FollowUp;
  if (status !== 'RUNNING') return undefined;
  return client
    .withDeadline(Date.now() + PATIENCE_MILLISECONDS, () => handle.query<FollowUp>('review'))
    .catch(() => undefined);
}

/** Undefined: nobody has begun it. */
async function statusOf(handle: WorkflowHandle): Promise<string | undefined> {
  try {
    return (await handle.describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** The workflow of it. */
export async function followUpId(
  client: Client,
  { id, runId }: Pick<IncidentRow, 'id' | 'runId'>,
): Promise<string> {
  const { raw } = await client.workflow.getHandle(id, runId).describe();
  return reviewId(id, raw.workflowExecutionInfo?.firstRunId || runId);
}

/** How an episode ended, with all that was said of it since. Undefined: its history says nothing. */
export async function endOf(
  client: Client,
  row: Pick<IncidentRow, 'id' | 'runId'>,
): Promise<FollowUp | undefined> {
  const known = await followUpOf(client, row);
  if (known) return known;
  const handle = client.workflow.getHandle(row.id, row.runId);
  const { status } = await handle.describe();
  const incident =
    status.name === 'COMPLETED'
      ? ((await handle.result()) as FollowUp['incident'])
      : incidentFromHistory((await handle.fetchHistory()).events ?? []);
  return incident && { incident };
}
