import { type Duration, inMilliseconds } from '../../config/time/duration.ts';
import type { Page } from '../page.ts';
import type { Sent } from './bundling.ts';

type Limits = readonly { readonly count: number; readonly per: Duration }[];

/**
 * How many messages one person gets by one channel in how long: people still read, and answer, so many. The figures are GoAlert's
 * (engine/message/ratelimit.go of target/goalert): for its status notifications, its calls, and its text messages.
 */
const NOTES: Limits = [
  { count: 1, per: '3m' },
  { count: 3, per: '20m' },
  { count: 8, per: '2h' },
];
const CALLS: Limits = [
  { count: 3, per: '15m' },
  { count: 7, per: '1h' },
  { count: 15, per: '3h' },
];
const PAGES: Limits = [
  { count: 5, per: '15m' },
  { count: 11, per: '1h' },
  { count: 21, per: '3h' },
];
/** What is new and as grave as can be is told at once. Nobody can take more of them than these, one by one. */
const FRESH: Limits = [{ count: 10, per: '1m' }];
/** Who has to act hears of it by then, however much there was. */
const MOST_WAIT = inMilliseconds('15m');

/** What is older matters to no limit. */
export const REMEMBERED = { notes: inMilliseconds('2h'), pages: inMilliseconds('3h') } as const;

type Limited = Pick<Page, 'event' | 'urgent' | 'severity' | 'at' | 'notBefore' | 'fresh'>;

/** In which list it counts. Undefined: an answer or an end, or a note that is urgent, which are told at once and count nowhere. */
export function countedAs({ event, urgent }: Limited): 'notes' | 'pages' | undefined {
  if (event === 'trigger') return 'pages';
  return event === 'note' && !urgent ? 'notes' : undefined;
}

/** When it may go to whom the others went. Milliseconds since 1970; may be past. */
export function nextAt(
  { notes, pages, rings }: Pick<Sent, 'notes' | 'pages' | 'rings'>,
  page: Limited,
): number {
  const waits = page.notBefore === undefined ? 0 : Date.parse(page.notBefore);
  return Math.max(waits, byLimits());

  function byLimits(): number {
    const kind = countedAs(page);
    if (kind === undefined) return 0;
    if (kind === 'notes') return nextBy(NOTES, notes);
    if (page.fresh && page.severity === 'sev1') return nextBy(FRESH, pages);
    const next = nextBy(rings ? CALLS : PAGES, pages);
    return page.urgent ? Math.min(next, Date.parse(page.at) + MOST_WAIT) : next;
  }
}

function nextBy(limits: Limits, sent: readonly number[]): number {
  const times = limits.map(({ count, per }) => (sent.at(-count) ?? 0) + inMilliseconds(per));
  return Math.max(...times);
}
