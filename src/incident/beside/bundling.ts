import { z } from 'zod';
import { shortened as cut, upTo } from '../../config/border/texts.ts';
import { countText } from '../../config/text/count-text.ts';
import { severities } from '../../config/schema/values/severity.ts';
import type { Page } from '../page.ts';

/** A bundle shows so much of each message, so many of them in full, and so many more by their first line. */
const MAX_LETTERS = 1000;
const MAX_FULL = 40;
const MAX_LINES = 100;
const MAX_LINE = 200;

/** So many wait in full: more than a bundle names. All others are counted. */
export const MOST = 100;

/** Milliseconds since 1970. */
export const Time = z.number().min(0);

/** What one person was sent of late by one channel. */
export const Sent = z.object({
  /** That asked for nothing. */
  notes: upTo(MOST, Time),
  /** That asked to act. */
  pages: upTo(MOST, Time),
  /** They made a noise. */
  rings: z.boolean(),
  /** How many wait. */
  waiting: z.int().min(0),
});
export type Sent = z.infer<typeof Sent>;

/** A message that waits, no longer than a bundle shows it. */
export function shortened(page: Page): Page {
  const { body } = page;
  return body.length > MAX_LETTERS ? { ...page, body: `${body.slice(0, MAX_LETTERS)} ...` } : page;
}

/** Those that say something still when this one has come: of how an incident stands, the last word alone. */
export function withoutStale(waiting: readonly Page[], { thread }: Page): readonly Page[] {
  return thread.startsWith('incident/') ? waiting.filter((one) => one.thread !== thread) : waiting;
}

/** The gravest of all that wait, and how many do not fit. */
export function withinMost(waiting: readonly Page[]): { kept: readonly Page[]; over: number } {
  if (waiting.length <= MOST) return { kept: waiting, over: 0 };
  const rank = ({ severity }: Page) => severities.indexOf(severity);
  const gravest = new Set(waiting.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST));
  return {
    kept: waiting.filter((one) => gravest.has(one)),
    over: waiting.length - gravest.size,
  };
}

/** Many messages to one person as one. A single one stays as it is, but for its key. `more`: that are only counted. */
export function bundleOf(messages: readonly [Page, ...Page[]], at: string, more = 0): Page {
  const [{ incident, fresh: _fresh, notBefore: _waited, due: _due, limits: _limits, ...first }] =
    messages;
  const { target, contact } = first;
  const key = `${BUNDLE}${target}/${contact}/${at}`;
  // Whoever works on the target now was not yet there when it was taken to be sent.
  const page = { ...first, key, holdable: false };
  if (messages.length === 1 && more === 0) return { ...page, ...(incident && { incident }) };
  const asks = messages.some(({ event }) => event === 'trigger');
  const grave = severities.find((one) => messages.some(({ severity }) => severity === one))!;
  const count = messages.length + more;
  return {
    ...page,
    thread: key,
    event: asks ? 'trigger' : 'note',
    urgent: messages.some(({ urgent }) => urgent),
    severity: grave,
    subject: asks
      ? `${grave} ${target}: ${countText(count, 'message')} at once`
      : `${target}: ${countText(count, 'note')}`,
    body: textOf(messages, more),
    at,
  };
}

function textOf(messages: readonly Page[], more: number): string {
  const full = messages
    .slice(0, MAX_FULL)
    .map(({ subject, at, body }) => `**${subject}** (${at})\n\n${body}`);
  const lines = messages
    .slice(MAX_FULL, MAX_LINES)
    .map(({ subject, at }) => `- ${cut(subject, MAX_LINE)} (${at})`);
  const rest = more + Math.max(messages.length - MAX_LINES, 0);
  return [
    ...full,
    ...(lines.length > 0 ? [lines.join('\n')] : []),
    ...(rest > 0 ? [`And ${rest} more: \`runbook incidents list\` has all that is open.`] : []),
  ].join('\n\n---\n\n');
}

/** Whether it has waited already. */
export function isBundle({ key }: Pick<Page, 'key'>): boolean {
  return key.startsWith(BUNDLE);
}

const BUNDLE = 'bundle/';
