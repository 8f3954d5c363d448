import type { Client } from '@temporalio/client';
import { UsageError } from '../../config/usage-error.ts';
import { findSchedule } from './found-schedules.ts';

/** Pauses or resumes a schedule; the note says who and why, in Temporal UI too. Error: `UsageError` when there is none. */
export async function pauseSchedule(
  client: Client,
  id: string,
  word: 'pause' | 'resume',
  { by, because }: { readonly by: string; readonly because?: string | undefined },
): Promise<void> {
  if (!(await findSchedule(client, id)))
    throw new UsageError(`Cannot find schedule "${id}" in Temporal`, 'runbook schedules list');
  const note = `${word === 'pause' ? 'Paused' : 'Resumed'} by ${by}${because ? `: ${because}` : ''}`;
  const handle = client.schedule.getHandle(id);
  await (word === 'pause' ? handle.pause(note) : handle.unpause(note));
}
