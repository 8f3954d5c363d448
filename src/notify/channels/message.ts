import { plainText } from '../../config/text/plain-text.ts';
import type { Page } from '../../incident/page.ts';
import { redacted } from '../../os/redacted.ts';
import type { Recipient } from './audience.ts';
import { acknowledgeLink, answerLink } from './links.ts';

/** A page, and what is known of whom it is for. */
export interface Message extends Page {
  readonly recipient: Recipient;
  /** Whose turn it is, or who gets it at an address of their own. */
  readonly member: string | undefined;
  /** A link that acknowledges the incident: whoever holds it can. */
  readonly acknowledge: string | undefined;
  /** A link that answers what a run asks, in the name of whoever it is for. Only what one person reads carries it. */
  readonly answer: string | undefined;
}

export function messageOf(page: Page, recipient: Recipient): Message {
  const { member } = recipient;
  const acknowledge = acknowledgeLink(page, member);
  const [only = page.contact, ...others] = recipient.readers;
  const answer = answerLink(page, member ?? (others.length > 0 ? page.contact : only));
  // What an alert or a command said is text from outside.
  const subject = plainText(redacted(page.subject), ' ').replaceAll(/\s+/g, ' ').trim();
  const body = plainText(redacted(page.body));
  // Each of several gets one of their own: what knows duplicates must not take them for one.
  const key = recipient.owner === page.contact ? page.key : `${page.key}/${recipient.owner}`;
  return { ...page, key, subject, body, recipient, member, acknowledge, answer };
}

/** The page again, as it may wait. */
export function pageOf(message: Message): Page {
  const {
    recipient: _recipient,
    member: _member,
    acknowledge: _link,
    answer: _answer,
    ...page
  } = message;
  return page;
}

/** What people read, in Markdown. */
export function markdownOf(message: Message): string {
  const { body, contact, member, severity, target, at, recipient } = message;
  const who = recipient.turn ? `it is the turn of **${member}**` : `to **${member}**`;
  const whom = member === undefined ? contact : `${contact}: ${who}`;
  return `${body.trimEnd()}\n\n---\n\n${severity} of ${target}, ${at}, for ${whom}`;
}

/** Without what only we ourselves go by. */
export function shownOf<Shown extends Partial<Page>>(message: Shown) {
  const {
    holdable: _hold,
    only: _only,
    reader: _reader,
    notBefore: _at,
    fresh: _fresh,
    due: _due,
    limits: _limits,
    question: _question,
    ...shown
  } = message;
  return shown;
}
