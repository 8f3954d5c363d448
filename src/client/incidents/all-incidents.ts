import type { Client } from '@temporalio/client';
import type { Incident } from '../../incident/incident.ts';
import { listIncidents } from './list-incidents.ts';
import { viewIncident } from './view-incident.ts';

/** Asked at once. */
const CONCURRENCY = 8;
/** In ms: one that does not answer is read from its history. */
const PATIENCE = 1000;

export interface AllIncidents {
  readonly incidents: readonly Incident[];
  /** Of how many nothing could be read. */
  readonly unread: number;
}

/** All incidents of a target that were opened since then, and are still kept by Temporal. */
export async function allIncidents(
  client: Client,
  target: string,
  since: Date,
  limit: number,
): Promise<AllIncidents> {
  const rows = (await listIncidents(client, { target, limit })).filter(
    ({ openedAt }) => Date.parse(openedAt) >= since.getTime(),
  );
  const incidents: Incident[] = [];
  let unread = 0;
  const waiting = rows.values();
  const worker = async () => {
    for (const row of waiting)
      try {
        incidents.push((await viewIncident(client, row, PATIENCE)).incident);
      } catch {
        unread += 1;
      }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, rows.length) }, worker));
  return { incidents, unread };
}
