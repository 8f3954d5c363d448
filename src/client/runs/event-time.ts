import type { temporal } from '@temporalio/proto';

/** When something happened by Temporal's history: ISO 8601, UTC. */
export function eventTime({ eventTime: at }: temporal.api.history.v1.IHistoryEvent): string {
  return new Date(Number(at?.seconds ?? 0) * 1000 + (at?.nanos ?? 0) / 1e6).toISOString();
}
