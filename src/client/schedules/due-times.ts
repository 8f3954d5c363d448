import type { Client, Connection } from '@temporalio/client';

const DAY_MILLISECONDS = 86_400_000;
/** Temporal answers at most 1000 times at once. */
const MAX_TIMES = 1000;

/** When a schedule is due after `from` and until `until`, by Temporal's own reckoning. */
export async function dueTimes(
  client: Client,
  id: string,
  from: Date,
  until: Date,
): Promise<Date[]> {
  const { workflowService } = client.connection as Connection;
  const due: Date[] = [];
  for (let start = from.getTime(); start < until.getTime();) {
    const { startTime } = await workflowService.listScheduleMatchingTimes({
      namespace: client.options.namespace,
      scheduleId: id,
      startTime: timestamp(start),
      endTime: timestamp(until.getTime()),
    });
    const times = (startTime ?? []).map(
      ({ seconds, nanos }) => Number(seconds ?? 0) * 1000 + Math.round((nanos ?? 0) / 1e6),
    );
    due.push(...times.map((time) => new Date(time)));
    if (times.length < MAX_TIMES) break;
    start = times.at(-1)!;
  }
  return due;
}

/**
 * The last two times a schedule was due before `now`, the last one last. Fewer when there were fewer in a year. `next`: when it is due
 * after that, which says how far back it is worth to begin.
 */
export async function lastDueTimes(
  client: Client,
  id: string,
  now: Date,
  [one, other]: readonly Date[] = [],
): Promise<Date[]> {
  const gap = one && other ? (other.getTime() - one.getTime()) / DAY_MILLISECONDS : 0;
  for (const days of [1, 8, 63].filter((span) => span > 2 * gap)) {
    const due = await dueTimes(client, id, new Date(now.getTime() - days * DAY_MILLISECONDS), now);
    if (due.length >= 2) return due.slice(-2);
  }
  const year = new Date(now.getTime() - 366 * DAY_MILLISECONDS);
  return (await dueTimes(client, id, year, now)).slice(-2);
}

function timestamp(milliseconds: number) {
  return {
    seconds: Math.floor(milliseconds / 1000) as never,
    nanos: (milliseconds % 1000) * 1e6,
  };
}
