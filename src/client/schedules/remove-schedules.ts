import type { Client } from '@temporalio/client';
import { findSchedule, ownerOf } from './found-schedules.ts';
import { removeSchedule } from './sync-schedules.ts';

/** Deletes every schedule that was made here for a target, whether or not anything describes it yet. Answers their ids. */
export async function removeSchedules(
  client: Client,
  target: string,
  { plan }: { readonly plan: boolean },
): Promise<string[]> {
  const ids: string[] = [];
  for await (const { scheduleId, memo } of client.schedule.list())
    // The list may still have what is gone.
    if (ownerOf(memo) === target && (await findSchedule(client, scheduleId))) ids.push(scheduleId);
  if (!plan) for (const id of ids) await removeSchedule(client, id);
  return ids.toSorted();
}
