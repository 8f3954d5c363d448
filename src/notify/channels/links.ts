import { signAcknowledge } from '../../config/links/acknowledge-token.ts';
import { signAnswer } from '../../config/links/answer-token.ts';
import { environment } from '../../config/environment.ts';
import type { Page } from '../../incident/page.ts';

/** How long a link to acknowledge lives: a weekend, and the morning after it. */
const LINK_LIVES = 3 * 24 * 3_600_000;

/** Where an incident is acknowledged, in the name of this member or of the contact. Undefined: there is nothing to acknowledge. */
export function acknowledgeLink({ incident, event, contact, at }: Page, member?: string) {
  if (!incident || event === 'acknowledge' || event === 'resolve') return undefined;
  const signs = signer();
  if (!signs) return undefined;
  const until = new Date(Date.parse(at) + LINK_LIVES).toISOString();
  const { id, episode } = incident;
  const token = signAcknowledge(
    { incident: id, episode, contact: member ?? contact, until },
    signs.secret,
  );
  return `${signs.url}/ack/${token}`;
}
/** Where the question of a run is answered, in the name of this person. Undefined: it asks nothing, or no longer. */
export function answerLink({ question, at }: Page, person: string): string | undefined {
  if (!question || question.until <= at) return undefined;
  const signs = signer();
  return signs && `${signs.url}/answer/${signAnswer({ ...question, person }, signs.secret)}`;
}

/** What makes links of a message, and where they lead. Undefined: it has none, and people are told all the same. */
function signer(): { readonly url: string; readonly secret: string } | undefined {
  const { gatewayUrl: url, gatewaySecret: secret } = readable();
  return url && secret ? { url: url.replace(/\/+$/, ''), secret } : undefined;
}

function readable() {
  try {
    const { gatewayUrl, gatewaySecret } = environment();
    return { gatewayUrl, gatewaySecret };
  } catch {
    return {};
  }
}
