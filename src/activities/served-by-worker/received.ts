import { isDeepStrictEqual } from 'node:util';
import type { Client } from '@temporalio/client';
import { eventTime } from '../../client/runs/event-time.ts';
import type { AlertReport } from '../../incident/alert-report.ts';
import { reportSignal, type NextEpisode } from '../../incident/messages.ts';
import { signalsFromNewest } from './signals-from-newest.ts';

type Said = NextEpisode['said'];

/**
 * The same, with the time at which Temporal received each report: no worker may have been there for long. They are the last that the run
 * has heard, in their order, so that of two that are alike each has its own time. What cannot be found out counts from now.
 */
export async function received(
  client: Client,
  { incident, run, said }: NextEpisode,
): Promise<Said> {
  const times = new Map<AlertReport, string>();
  const left = said.flatMap((one) => ('report' in one ? [one.report] : []));
  const execution = { workflowId: incident, runId: run };
  try {
    for await (const { event, argument } of signalsFromNewest(
      client,
      execution,
      reportSignal.name,
    )) {
      const last = left.at(-1);
      if (!last) break;
      if (isDeepStrictEqual(argument, last)) times.set(left.pop()!, eventTime(event));
    }
  } catch {
    // Nobody waits for a page because of a time.
  }
  return said.map((one) => {
    const time = 'report' in one ? (one.report.received ?? times.get(one.report)) : undefined;
    return 'report' in one && time !== undefined
      ? { report: { ...one.report, received: time } }
      : one;
  });
}
