import { Limits, LONGEST_LIMIT, ratedOf } from '../../config/schema/on-call/limits.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import type { Page, PageLimits } from '../page.ts';
import type { Sent } from './bundling.ts';

/** What is older matters to no limit. */
export const REMEMBERED = inMilliseconds(LONGEST_LIMIT);

type Limited = Pick<Page, 'event' | 'urgent' | 'severity' | 'at' | 'notBefore' | 'fresh'>;

export function limitsFrom({ notes, calls, pages, fresh, wait }: Limits): PageLimits {
  return {
    notes: notes.map(ratedOf),
    calls: calls.map(ratedOf),
    pages: pages.map(ratedOf),
    fresh: fresh.map(ratedOf),
    wait: inMilliseconds(wait),
  };
}

const USUAL = limitsFrom(Limits.parse({}));

/** In which list it counts. Undefined: an answer or an end, or a note that is urgent, which are told at once and count nowhere. */
export function countedAs({ event, urgent }: Limited): 'notes' | 'pages' | undefined {
  if (event === 'trigger') return 'pages';
  return event === 'note' && !urgent ? 'notes' : undefined;
}

/** When it may go to whom the others went. Milliseconds since 1970; may be past. */
export function nextAt(
  { notes, pages, rings }: Pick<Sent, 'notes' | 'pages' | 'rings'>,
  page: Limited & { readonly limits?: PageLimits },
): number {
  const limits = page.limits ?? USUAL;
  const waits = page.notBefore === undefined ? 0 : Date.parse(page.notBefore);
  return Math.max(waits, byLimits());

  function byLimits(): number {
    const kind = countedAs(page);
    if (kind === undefined) return 0;
    if (kind === 'notes') return nextBy(limits.notes, notes);
    const isNew = page.fresh && page.severity === 'sev1';
    const next = nextBy(isNew ? limits.fresh : rings ? limits.calls : limits.pages, pages);
    // Also when the clock went back, and what was sent of late seems yet to come.
    return page.urgent ? Math.min(next, Date.parse(page.at) + limits.wait) : next;
  }
}

function nextBy(limits: PageLimits['notes'], sent: readonly number[]): number {
  const times = limits.map(({ count, per }) => (sent.at(-count) ?? 0) + per);
  return Math.max(...times);
}
