import { proxyActivities } from '@temporalio/workflow';
import type { PageActivities } from '../../activities/served-by-worker/pages.ts';
import { reasonOf } from '../../engine/run/ending.ts';
import { unsent } from '../../incident/escalation.ts';
import type { Page, Sent } from '../../incident/page.ts';

export const { 'pages.plan': planPages } = proxyActivities<PageActivities>({
  summary: 'Who is due when',
  startToCloseTimeout: '10s',
  // A worker that knows the target comes back.
  retry: { maximumInterval: '1m' },
});

/** A try asks every channel; when it reached nobody, the workflow itself goes on to the next level and tries again. */
export const { 'pages.send': sendPage } = proxyActivities<PageActivities>({
  startToCloseTimeout: '1m',
  // Its worker sends a heartbeat every second: another one sends the page when it is gone.
  heartbeatTimeout: '5s',
  retry: { maximumAttempts: 3, initialInterval: '100ms' },
});

/** Nobody is notified in vain for ever: a channel that fails is an answer, too. */
export async function trySending(page: Page): Promise<Sent> {
  try {
    const summary = `${page.event} to ${page.contact}`;
    return await sendPage.executeWithOptions({ summary }, [page]);
  } catch (error) {
    return unsent(reasonOf(error).message);
  }
}
