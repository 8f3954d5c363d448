import type { Client } from '@temporalio/client';
import { findSchedule, ownSchedules } from './found-schedules.ts';
import { removeSchedule } from './sync-schedules.ts';

/** Deletes every schedule that was made here for a target, whether or not anything describes it yet. Answers their ids. */
export async function removeSchedules(
  client: Client,
  target: string,
  { plan }: { readonly plan: boolean },
): Promise<string[]> {
  const ids: string[] = [];
  for (const one of await ownSchedules(client))
    // The list may still have what is gone.
    if (one.target === target && (await findSchedule(client, one.id))) ids.push(one.id);
  if (!plan) for (const id of ids) await removeSchedule(client, id);
  return ids;
}
