import type { Client } from '@temporalio/client';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import type { Answer } from '../../incident/messages.ts';
import { endOf, followUpId } from './follow-up-of.ts';
import type { IncidentRow } from './list-incidents.ts';
import { signalIfOpen } from './signal-if-open.ts';

/** Kept also while no worker runs. False: there is no open incident of this id. */
export function answerIncident(client: Client, id: string, answer: Answer): Promise<boolean> {
  return signalIfOpen(client, id, 'answer', answer);
}

/** What is added when it is over. Kept, as the others. False: nothing of it is left in Temporal. */
export async function addToIncident(
  client: Client,
  row: Pick<IncidentRow, 'id' | 'runId'>,
  answer: Answer,
): Promise<boolean> {
  const workflowId = await followUpId(client, row);
  if (await signalIfOpen(client, workflowId, 'answer', answer)) return true;
  const followUp = await endOf(client, row);
  if (!followUp) return false;
  await client.workflow.signalWithStart('incident-review', {
    workflowId,
    taskQueue: RUNBOOKS_QUEUE,
    args: [followUp],
    signal: 'answer',
    signalArgs: [answer],
    staticSummary: `What is added to ${row.id}`.slice(0, 200),
  });
  return true;
}
