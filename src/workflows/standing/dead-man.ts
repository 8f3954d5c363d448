import { condition, continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { z } from 'zod';
import type { IncidentActivities } from '../../activities/served-by-worker/incidents.ts';
import { openBorder } from '../../engine/border/border.ts';
import { parse } from '../../engine/run/parse.ts';
import { dueAt, Heartbeat, heartbeatSignal } from '../../incident/beside/heartbeat.ts';

const AGAIN_MILLISECONDS = 3_600_000;

const Carried = z.object({
  last: Heartbeat.optional(),
  /** An incident was opened for it. */
  isDown: z.boolean(),
});
type Carried = z.infer<typeof Carried>;

const { 'incidents.report': report } = proxyActivities<IncidentActivities>({
  summary: 'Report to the incident',
  startToCloseTimeout: '30s',
  // What is not reported is not known: it goes on until Temporal answers.
  retry: { maximumInterval: '1m' },
});

/**
 * Waits for the next heartbeat of one thing, `dead-man/<target>/<id>`, and opens an incident when it is late or failed; the next
 * good one resolves it. It begins with the first heartbeat, and goes on until somebody cancels it.
 */
export async function deadMan(carried?: Carried): Promise<void> {
  const inbox: Heartbeat[] = [];
  const begun = parse(Carried.optional(), carried);
  let last = begun?.last;
  let isDown = begun?.isDown ?? false;
  openBorder().onSignal(heartbeatSignal, Heartbeat, (heartbeat) => void inbox.push(heartbeat));
  const isLong = () => workflowInfo().continueAsNewSuggested;

  for (;;) {
    if (inbox.length === 0 && isLong()) await continueAsNew<typeof deadMan>({ last, isDown });
    if (!(await newsWithin(last && silenceOf(last, isDown)))) {
      const text = last!.what === 'start' ? 'has begun, and not ended' : 'is not heard of';
      await reportOf(last!, 'firing', `${last!.id} ${text}`);
      isDown = true;
      continue;
    }
    const heartbeat = inbox.shift();
    // They come in any order, and twice.
    if (!heartbeat || (last && heartbeat.at < last.at)) continue;
    last = heartbeat;
    if (heartbeat.what === 'fail') {
      await reportOf(heartbeat, 'firing', `${heartbeat.id} failed`);
      isDown = true;
    } else if (heartbeat.what === 'ok' && isDown) {
      await reportOf(heartbeat, 'resolved', `${heartbeat.id} went well`);
      isDown = false;
    }
  }

  /** Without a limit before the first one. */
  async function newsWithin(milliseconds: number | undefined): Promise<boolean> {
    const isNews = () => inbox.length > 0 || isLong();
    if (milliseconds !== undefined) return condition(isNews, Math.max(milliseconds, 1));
    await condition(isNews);
    return true;
  }
}

/** While it is down, it is reported again: somebody may have closed it too early. */
function silenceOf(last: Heartbeat, isDown: boolean): number {
  return isDown ? Math.max(last.every + last.grace, AGAIN_MILLISECONDS) : dueAt(last) - Date.now();
}

async function reportOf(
  { target, id, severity, at }: Heartbeat,
  status: 'firing' | 'resolved',
  title: string,
): Promise<void> {
  await report({
    target,
    fingerprint: `ping-${id}`,
    status,
    severity,
    title,
    details: `Its last sign of life came at ${at}.`,
    source: `ping/${id}`,
    at: new Date().toISOString(),
  });
}
