import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { read } from '../../config/border/read.ts';
import { STATE } from '../../config/border/excess.ts';
import { upTo } from '../../config/border/texts.ts';
import type { Statement } from '../../config/border/who.ts';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import {
  EndedSilence,
  MOST_ENDED,
  MOST_SILENCES,
  Silence,
  silencesId,
} from '../../incident/beside/silence.ts';

/** Kept also while no worker runs. It counts as soon as one has taken it in. */
export async function addSilence(
  client: Client,
  target: string,
  silence: Silence,
  queue = RUNBOOKS_QUEUE,
): Promise<void> {
  await client.workflow.signalWithStart('silences', {
    workflowId: silencesId(target),
    taskQueue: queue,
    args: [],
    signal: 'silence',
    signalArgs: [silence],
    staticSummary: `What people have silenced of ${target}`,
  });
}

/** What holds now or is to come, of one target. Reads a memo: no worker is needed. */
export async function silencesOf(client: Client, target: string): Promise<readonly Silence[]> {
  try {
    const { status, memo } = await client.workflow.getHandle(silencesId(target)).describe();
    const known = read(upTo(MOST_SILENCES, Silence), memo?.['silences'] ?? [], STATE);
    if (status.name !== 'RUNNING' || !known.isRead) return [];
    return known.value.filter(({ until }) => Date.parse(until) > Date.now());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}

/** Those that people have ended of late, the newest last, as long as Temporal has them. */
export async function endedSilencesOf(
  client: Client,
  target: string,
): Promise<readonly EndedSilence[]> {
  try {
    const { memo } = await client.workflow.getHandle(silencesId(target)).describe();
    const known = read(upTo(MOST_ENDED, EndedSilence), memo?.['ended'] ?? [], STATE);
    return known.isRead ? known.value : [];
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}

/** False: there is none of this target any more. */
export async function endSilence(
  client: Client,
  target: string,
  silence: string,
  { by, login }: Statement,
): Promise<boolean> {
  try {
    await client.workflow
      .getHandle(silencesId(target))
      .signal('end', { silence, by, ...(login && { login }), id: crypto.randomUUID() });
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
