import { condition, proxyActivities, sleep } from '@temporalio/workflow';
import { z } from 'zod';
import type { IncidentActivities } from '../../activities/served-by-worker/incidents.ts';
import { STATE } from '../../config/border/excess.ts';
import { upTo } from '../../config/border/texts.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { parse } from '../../engine/run/parse.ts';
import { failedOf } from '../../incident/announcements.ts';
import { NextEpisode } from '../../incident/messages.ts';
import { retryInterval } from '../../incident/moments.ts';
import { Page } from '../../incident/page.ts';
import { trySending } from './page-calls.ts';

/** What an incident leaves when it ends. */
const Rest = NextEpisode.extend({
  /** What did not reach those who were called for it. */
  pages: upTo(1000, Page),
});
export type Rest = z.infer<typeof Rest>;

/** News of a day before are news to nobody. */
const STALE = inMilliseconds('1d');

const { 'incidents.begin-next': beginNext } = proxyActivities<IncidentActivities>({
  summary: 'What was reported after the end',
  startToCloseTimeout: '30s',
  // An alert that was accepted is handled: it goes on until Temporal answers.
  retry: { initialInterval: '200ms', maximumInterval: '1m' },
});
/** What is still to be done when an incident has ended: the next episode begins, and whoever was called hears that this one is over. */
export async function afterIncident(begun: Rest): Promise<void> {
  const { said, pages, incident, run } = parse(Rest, begun, STATE);
  let open = pages.length;
  for (const page of pages) void deliver(page).finally(() => (open -= 1));
  if (said.length > 0) await beginNext({ incident, run, said });
  await condition(() => open === 0);
}

/** Until a channel has taken it. */
async function deliver(page: Page): Promise<void> {
  const end = Date.now() + STALE;
  let only = page.only;
  for (let tries = 1; Date.now() < end; tries += 1) {
    await sleep(retryInterval(tries));
    const { deliveries } = await trySending({ ...page, ...(only && { only }) });
    const failed = failedOf(deliveries);
    if (failed.length === 0) return;
    if (failed[0] !== 'none') only = failed;
  }
}
