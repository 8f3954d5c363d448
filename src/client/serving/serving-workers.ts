import type { Client } from '@temporalio/client';
import type { ServingWorker } from '../../config/serving.ts';
import { heardOf } from '../connection/pollers.ts';
import { viewServing } from './view-serving.ts';

/** The workers that serve a target now: they have registered, and Temporal has heard of them of late. */
export async function servingWorkers(client: Client, target: string): Promise<ServingWorker[]> {
  const { workers = [] } = (await viewServing(client, target)) ?? {};
  if (workers.length === 0) return [];
  const alive = await heardOf(client, target);
  return workers.filter(({ identity }) => alive.includes(identity));
}
