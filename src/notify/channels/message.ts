import { signAcknowledge } from '../../config/links/acknowledge-token.ts';
import { whoseTurn } from '../../config/calendar/whose-turn.ts';
import { environment } from '../../config/environment.ts';
import type { Contact } from '../../config/schema/people.ts';
import type { Target } from '../../config/schema/target.ts';
import { plainText } from '../../config/text/plain-text.ts';
import type { Page } from '../../incident/page.ts';
import { redacted } from '../../os/redacted.ts';

/** A page, and what is known of those it is for. */
export interface Message extends Page {
  readonly person: Contact;
  /** Whose turn it is, when they take turns. */
  readonly member: string | undefined;
  /** A link that acknowledges the incident: whoever holds it can. */
  readonly acknowledge: string | undefined;
}

/** How long a link to acknowledge lives: a weekend, and the morning after it. */
const LINK_LIVES = 3 * 24 * 3_600_000;

export function messageOf({ contacts }: Pick<Target, 'contacts'>, page: Page): Message {
  // A name that is no longer in the target still goes to what reaches everybody.
  const person = contacts[page.contact] ?? { members: [] };
  const member = whoseTurn(person, page.at);
  const acknowledge = acknowledgeLink(page, member);
  // What an alert or a command said is text from outside.
  const subject = plainText(redacted(page.subject), ' ').replaceAll(/\s+/g, ' ').trim();
  const body = plainText(redacted(page.body));
  return { ...page, subject, body, person, member, acknowledge };
}

/** What people read, in Markdown. */
export function markdownOf({ body, contact, member, severity, target, at }: Message): string {
  const whom = member === undefined ? contact : `${contact}: it is the turn of **${member}**`;
  return `${body.trimEnd()}\n\n---\n\n${severity} of ${target}, ${at}, for ${whom}`;
}

function acknowledgeLink({ incident, event, contact, at }: Page, member?: string) {
  const { gatewayUrl, gatewaySecret } = environment();
  if (!incident || event === 'acknowledge' || event === 'resolve') return undefined;
  if (!gatewayUrl || !gatewaySecret) return undefined;
  const until = new Date(Date.parse(at) + LINK_LIVES).toISOString();
  const { id, episode } = incident;
  const token = signAcknowledge(
    { incident: id, episode, contact: member ?? contact, until },
    gatewaySecret,
  );
  return `${gatewayUrl.replace(/\/+$/, '')}/ack/${token}`;
}
