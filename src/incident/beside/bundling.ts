import { countText } from '../../config/text/count-text.ts';
import { severities } from '../../config/schema/values/severity.ts';
import { type Duration, inMilliseconds } from '../../config/time/duration.ts';
import type { Page } from '../page.ts';

/**
 * How many notes one contact gets in how long. The figures are those of GoAlert for its status notifications by mail
 * (engine/message/ratelimit.go of target/goalert): people still read them.
 */
const LIMITS: readonly { readonly count: number; readonly per: Duration }[] = [
  { count: 1, per: '3m' },
  { count: 3, per: '20m' },
  { count: 8, per: '2h' },
];
/** What is older matters to no limit. */
export const MAX_LIMIT = inMilliseconds('2h');

/** A bundle shows so much of each note, and so many. */
const MAX_LETTERS = 1000;
const MAX_NOTES = 40;

/** When the next note may go to whom the others went at `sent`. Milliseconds since 1970, as all times here; may be past. */
export function nextNoteAt(sent: readonly number[]): number {
  const times = LIMITS.map(({ count, per }) => (sent.at(-count) ?? 0) + inMilliseconds(per));
  return Math.max(...times);
}

/** A note that waits, no longer than a bundle shows it. */
export function shortened(page: Page): Page {
  const { body } = page;
  return body.length > MAX_LETTERS ? { ...page, body: `${body.slice(0, MAX_LETTERS)} ...` } : page;
}

/** The notes that say something still when this one has come: of how an incident stands, the last word alone. */
export function withoutStale(waiting: readonly Page[], { thread }: Page): readonly Page[] {
  return thread.startsWith('incident/') ? waiting.filter((one) => one.thread !== thread) : waiting;
}

/** Many notes to one contact as one message. A single one stays as it is, but for its key. */
export function bundleOf(notes: readonly [Page, ...Page[]], at: string): Page {
  const [first, ...more] = notes;
  const { target, contact } = first;
  const key = `${BUNDLE}${target}/${contact}/${at}`;
  if (more.length === 0) return { ...first, key };
  const shown = notes
    .slice(0, MAX_NOTES)
    .map((note) => `**${note.subject}** (${note.at})\n\n${note.body}`);
  const rest = notes.length - shown.length;
  return {
    ...first,
    key,
    thread: key,
    severity: severities.find((one) => notes.some(({ severity }) => severity === one))!,
    subject: `${target}: ${countText(notes.length, 'note')}`,
    body: [...shown, ...(rest > 0 ? [`And ${rest} more.`] : [])].join('\n\n---\n\n'),
    at,
  };
}

/** Whether it has waited already. */
export function isBundle({ key }: Page): boolean {
  return key.startsWith(BUNDLE);
}

const BUNDLE = 'bundle/';
