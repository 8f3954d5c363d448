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
  MOST,
  type Sent,
  shortened,
  Time,
  withinMost,
  withoutStale,
} from '../../incident/beside/bundling.ts';
import { countedAs, nextAt, REMEMBERED } from '../../incident/beside/limits.ts';
import { Page } from '../../incident/page.ts';

/** Clocks of two hosts differ by less. */
const AHEAD = inMilliseconds('1h');
/** Until a message that no channel has taken is tried again. */
const AGAIN = inMilliseconds('1m');
/** What no channel takes for so long is sent to nobody any more: an incident that is still open has called people anew. */
const STALE = inMilliseconds('1d');

const { 'pages.send': send } = proxyActivities<PageActivities>({
  summary: 'Messages that have waited',
  startToCloseTimeout: '2m',
  retry: { maximumInterval: '1m' },
});

const Paged = z.object({ at: Time, rings: z.boolean() });
const sentSignal = defineSignal<[number]>('sent');
const pagedSignal = defineSignal<[z.infer<typeof Paged>]>('paged');
const addSignal = defineSignal<[Page]>('add');
const overSignal = defineSignal<[string]>('over');
const sentQuery = defineQuery<Sent>('sent');

/** What version 0.1 did not know. */
const Rest = z.object({
  pages: upTo(MOST, Time),
  rings: z.boolean(),
  /** Those that wait, and are only counted. */
  more: z.int().min(0),
});
type Rest = z.infer<typeof Rest>;

/**
 * What one person was sent of late by one channel, and what waits because it was much, or because they sleep:
 * `bundle/<target>/<person>/<channel>`. It goes out as one message as soon as the limits allow it. It ends when there is nothing left
 * to remember.
 */
export async function bundle(
  notes: readonly number[] = [],
  waiting: readonly Page[] = [],
  rest: Rest = { pages: [], rings: false, more: 0 },
): Promise<void> {
  let changes = 0;
  /** Milliseconds since 1970: nothing is tried before. */
  let tryAt = 0;
  const border = openBorder();
  notes = parse(upTo(MOST, Time), notes);
  waiting = parse(upTo(MOST, Page), waiting, STATE);
  rest = parse(Rest, rest, STATE);
  border.onSignal(sentSignal, Time, (time) => {
    if (isAhead(time)) return border.refuse('sent', 'Its time has not come');
    notes = [...notes, time].slice(-MOST);
    changes += 1;
  });
  border.onSignal(pagedSignal, Paged, ({ at, rings }) => {
    if (isAhead(at)) return border.refuse('paged', 'Its time has not come');
    rest = { ...rest, pages: [...rest.pages, at].slice(-MOST), rings };
    changes += 1;
  });
  // Nothing is dropped: what does not fit is counted.
  border.onSignal(addSignal, Page, (page) => {
    const { kept, over } = withinMost([...withoutStale(waiting, page), shortened(page)]);
    waiting = kept;
    rest = { ...rest, more: rest.more + over };
    changes += 1;
  });
  // How it stood is news to nobody who has heard how it ended.
  border.onSignal(overSignal, Page.shape.thread, (thread) => {
    waiting = waiting.filter((one) => one.thread !== thread);
    changes += 1;
  });
  const sent = (): Sent => ({
    notes: [...notes],
    pages: [...rest.pages],
    rings: rest.rings,
    waiting: waiting.length,
  });
  setHandler(sentQuery, sent, { description: 'When messages went out, and how many wait' });

  const isLong = () => workflowInfo().continueAsNewSuggested;

  for (;;) {
    const now = Date.now();
    const isRecent = (time: number) => time > now - REMEMBERED;
    notes = notes.filter(isRecent);
    rest = { ...rest, pages: rest.pages.filter(isRecent) };
    if (waiting.length === 0) rest = { ...rest, more: 0 };
    const due = dueAt();
    if (due <= now) {
      await sendBundle(now);
      continue;
    }
    const { pages } = rest;
    const ends = Math.max(notes.at(-1) ?? -Infinity, pages.at(-1) ?? -Infinity) + REMEMBERED;
    if (waiting.length === 0 && ends === -Infinity) return;
    if (isLong()) return continueAsNew<typeof bundle>(notes, waiting, rest);
    const seen = changes;
    await condition(
      () => changes !== seen || isLong(),
      Math.max((waiting.length > 0 ? due : ends) - now, 1),
    );
  }

  /** When the first of those that wait may go. Never, when none does. */
  function dueAt(): number {
    const times = waiting.map((page) =>
      Math.max(nextAt(sent(), page), page.due === undefined ? 0 : Date.parse(page.due)),
    );
    return Math.max(Math.min(...times), tryAt);
  }

  /** All that may go, be it its turn yet or not: it is one message. */
  async function sendBundle(now: number): Promise<void> {
    const [first, ...others] = waiting.filter(
      ({ notBefore }) => notBefore === undefined || Date.parse(notBefore) <= now,
    );
    if (!first) return;
    const pages = [first, ...others] as const;
    const { more } = rest;
    const failed = tryAt > 0;
    for (const kind of new Set(pages.map(countedAs))) {
      if (kind === 'notes') notes = [...notes, now].slice(-MOST);
      if (kind === 'pages') rest = { ...rest, pages: [...rest.pages, now].slice(-MOST) };
    }
    const page = bundleOf(pages, new Date(now).toISOString(), more);
    const { deliveries } = await send(failed ? byAny(page) : page);
    if (deliveries.some(({ delivered }) => delivered)) {
      tryAt = 0;
      waiting = waiting.filter((one) => !pages.includes(one));
      rest = { ...rest, more: rest.more - more };
    } else {
      tryAt = Date.now() + AGAIN;
      waiting = waiting.filter(isFresh);
    }
  }
}

/** What this channel does not take, another may. */
function byAny({ only: _only, reader: _reader, ...page }: Page): Page {
  return page;
}

function isAhead(time: number): boolean {
  return time > Date.now() + AHEAD;
}

function isFresh({ at, subject }: Page): boolean {
  const fresh = Date.parse(at) > Date.now() - STALE;
  if (!fresh) log.warn(`Nobody was notified for a day: ${subject}`);
  return fresh;
}
