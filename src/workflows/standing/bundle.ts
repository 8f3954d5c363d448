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
import { z } from 'zod';
import type { PageActivities } from '../../activities/served-by-worker/pages.ts';
import { STATE } from '../../config/border/excess.ts';
import { upTo } from '../../config/border/texts.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { openBorder } from '../../engine/border/border.ts';
import { parse } from '../../engine/run/parse.ts';
import {
  bundleOf,
  MAX_LIMIT,
  nextNoteAt,
  shortened,
  withoutStale,
} from '../../incident/beside/bundling.ts';
import { Page } from '../../incident/page.ts';

/** So many notes wait, and so many are remembered: more than any limit looks at. */
const MOST = 100;
/** Clocks of two hosts differ by less. */
const AHEAD = inMilliseconds('1h');
/** Notes that no channel takes for so long are sent to nobody any more. */
const STALE = inMilliseconds('1d');

const { 'pages.send': send } = proxyActivities<PageActivities>({
  summary: 'Notes that have waited',
  startToCloseTimeout: '2m',
  retry: { maximumInterval: '1m' },
});

/** Milliseconds since 1970. */
const Time = z.number().min(0);
const sentSignal = defineSignal<[number]>('sent');
const addSignal = defineSignal<[Page]>('add');
const overSignal = defineSignal<[string]>('over');
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
  const border = openBorder();
  sent = parse(upTo(MOST, Time), sent);
  waiting = parse(upTo(MOST, Page), waiting, STATE);
  border.onSignal(sentSignal, Time, (time) => {
    if (time > Date.now() + AHEAD) return border.refuse('sent', 'Its time has not come');
    sent = [...sent, time].slice(-MOST);
    changes += 1;
  });
  border.onSignal(addSignal, Page, (page) => {
    const others = withoutStale(waiting, page);
    if (others.length >= MOST) return border.refuse('add', `${MOST} notes wait already`);
    waiting = [...others, shortened(page)];
    changes += 1;
  });
  // How it stood is news to nobody who has heard how it ended.
  border.onSignal(overSignal, Page.shape.thread, (thread) => {
    waiting = waiting.filter((one) => one.thread !== thread);
    changes += 1;
  });
  setHandler(nextQuery, () => nextNoteAt(sent), { description: 'When a note may go out again' });

  const isLong = () => workflowInfo().continueAsNewSuggested;

  for (;;) {
    const now = Date.now();
    sent = sent.filter((time) => time > now - MAX_LIMIT);
    const [first, ...more] = waiting;
    if (first && nextNoteAt(sent) <= now) {
      const notes = [first, ...more] as const;
      sent = [...sent, now];
      const { deliveries } = await send(bundleOf(notes, new Date(now).toISOString()));
      if (deliveries.some(({ delivered }) => delivered))
        waiting = waiting.filter((one) => !notes.includes(one));
      else waiting = waiting.filter(isFresh);
      continue;
    }
    if (!first && sent.length === 0) return;
    if (isLong()) return continueAsNew<typeof bundle>(sent, waiting);
    const moment = first ? nextNoteAt(sent) : sent.at(-1)! + MAX_LIMIT;
    const seen = changes;
    await condition(() => changes !== seen || isLong(), Math.max(moment - now, 1));
  }
}

function isFresh({ at, subject }: Page): boolean {
  const fresh = Date.parse(at) > Date.now() - STALE;
  if (!fresh) log.warn(`Nobody was notified for a day: ${subject}`);
  return fresh;
}
