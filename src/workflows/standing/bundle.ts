import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  log,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { PageActivities } from '../../activities/served-by-worker/pages.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { bundleOf, MAX_LIMIT, nextNoteAt, shortened } from '../../incident/bundling.ts';
import type { Page } from '../../incident/page.ts';

/** Notes that no channel takes for so long are sent to nobody any more. */
const STALE = inMilliseconds('1d');

const { 'pages.send': send } = proxyActivities<PageActivities>({
  summary: 'Notes that have waited',
  startToCloseTimeout: '2m',
  retry: { maximumInterval: '1m' },
});

/** Milliseconds since 1970. */
const sentSignal = defineSignal<[number]>('sent');
const addSignal = defineSignal<[Page]>('add');
const nextQuery = defineQuery<number>('next');

/**
 * What one contact of a target was sent of late, and the notes that wait because it was much: `bundle/<target>/<contact>`. They go
 * out as one message as soon as the limits allow it. It ends when there is nothing left to remember.
 */
export async function bundle(
  sent: readonly number[] = [],
  waiting: readonly Page[] = [],
): Promise<void> {
  let changes = 0;
  setHandler(sentSignal, (time) => {
    sent = [...sent, time];
    changes += 1;
  });
  setHandler(addSignal, (page) => {
    waiting = [...waiting, shortened(page)];
    changes += 1;
  });
  setHandler(nextQuery, () => nextNoteAt(sent), { description: 'When a note may go out again' });

  for (;;) {
    const now = Date.now();
    sent = sent.filter((time) => time > now - MAX_LIMIT);
    const [first, ...more] = waiting;
    if (first && nextNoteAt(sent) <= now) {
      const notes = [first, ...more] as const;
      sent = [...sent, now];
      const { deliveries } = await send(bundleOf(notes, new Date(now).toISOString()));
      if (deliveries.some(({ delivered }) => delivered)) waiting = waiting.slice(notes.length);
      else waiting = waiting.filter(isFresh);
      continue;
    }
    if (!first && sent.length === 0) return;
    if (workflowInfo().continueAsNewSuggested) return continueAsNew<typeof bundle>(sent, waiting);
    const moment = first ? nextNoteAt(sent) : sent.at(-1)! + MAX_LIMIT;
    const seen = changes;
    await condition(() => changes !== seen, Math.max(moment - now, 1));
  }
}

function isFresh({ at, subject }: Page): boolean {
  const fresh = Date.parse(at) > Date.now() - STALE;
  if (!fresh) log.warn(`Nobody was notified for a day: ${subject}`);
  return fresh;
}
