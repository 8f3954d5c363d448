import { join } from 'node:path';
import { type Channel, copies, reaches, rings } from '../../config/schema/channels.ts';
import type { Target } from '../../config/schema/target.ts';
import type { SecretName } from '../../config/schema/values/secret.ts';
import { MissingSecret, secretOf } from '../../config/secret-of.ts';
import type { Delivery, Page } from '../../incident/page.ts';
import { pingCheck } from './healthchecks.ts';
import { type Message, messageOf } from './message.ts';
import { logPage } from './page-log.ts';
import { sendToPagerDuty } from './pagerduty.ts';
import { sendToSlack } from './slack.ts';
import { sendMail } from './smtp.ts';
import { Undelivered } from './undelivered.ts';
import { sendToWebhook } from './webhook.ts';

/** For one channel, with its second try, in ms. */
const TIMEOUT = 10_000;

type Secrets = (name: SecretName) => string;
/** One try at one channel. A simulation puts its own in its place. */
type Attempt = (
  channel: Named,
  message: Message,
  how: { readonly secrets: Secrets; readonly timeout: number },
) => Promise<Delivery>;
export type Named = readonly [name: string, channel: Channel];

export interface Channels {
  /** Answers each attempt; empty when no channel reaches the contact. Never rejects. */
  send(page: Page): Promise<Delivery[]>;
  /** By this one alone, whatever the rules say. Never rejects. */
  sendBy(channel: string, page: Page): Promise<Delivery>;
  /** Those that reach a contact: where there is none at all, the log that takes their place. */
  reaching(contact: string): Named[];
}

/** The ways in which a target's people are notified. Secrets are read at each page. */
export function openChannels(
  target: Pick<Target, 'directory' | 'state' | 'contacts' | 'channels'>,
  secrets: Secrets = (name) => secretOf(name, target.directory),
  timeout = TIMEOUT,
  by: Attempt = deliver,
): Channels {
  const entries: Named[] = Object.entries(target.channels);
  const all = entries.length > 0 ? entries : [fallback(target)];
  const attemptFor = (page: Page) => {
    const message = messageOf(target, page);
    return (channel: Named) => by(channel, message, { secrets, timeout });
  };
  const reaching = (contact: string): Named[] => {
    const person = target.contacts[contact] ?? { members: [] };
    return all.filter(([, channel]) => reaches(channel, contact, person));
  };

  return {
    reaching,

    async send(page) {
      const attempt = attemptFor(page);
      const { contact, only } = page;
      const isAsked = ([name]: Named) => only === undefined || only.includes(name);
      const reached = reaching(contact).filter(isAsked);
      // A copy calls nobody: it counts only where there is nothing else.
      if (all.every(([, channel]) => copies(channel))) return Promise.all(reached.map(attempt));
      const copied = Promise.all(reached.filter(([, channel]) => copies(channel)).map(attempt));
      const notifying = reached.filter(([, channel]) => !copies(channel));
      const deliveries = await sendByRule(page, notifying, attempt);
      return [...deliveries, ...(await copied).filter(({ delivered }) => !delivered)];
    },

    async sendBy(name, page) {
      const channel = all.find(([one]) => one === name);
      if (channel) return attemptFor(page)(channel);
      return { channel: name, delivered: false, detail: 'It is not in "channels" any more' };
    },
  };
}

function fallback({ state }: Pick<Target, 'state'>): Named {
  return ['log', { kind: 'log', file: join(state, 'pages.jsonl') }];
}

async function sendByRule(
  { urgent, event }: Page,
  reaching: readonly Named[],
  attempt: (channel: Named) => Promise<Delivery>,
): Promise<Delivery[]> {
  // An end never rings, and is for all who may have heard of the beginning. A pager has to know, or it goes on calling.
  if (event === 'acknowledge' || event === 'resolve') {
    const hear = ([, channel]: Named) => channel.kind === 'pagerduty' || !rings(channel);
    return Promise.all(reaching.filter(hear).map(attempt));
  }
  if (urgent) return Promise.all(reaching.map(attempt));
  const deliveries: Delivery[] = [];
  for (const channel of reaching.filter(([, one]) => !rings(one))) {
    const delivery = await attempt(channel);
    deliveries.push(delivery);
    if (delivery.delivered) break;
  }
  return deliveries;
}

async function deliver(
  [name, channel]: Named,
  message: Message,
  { secrets, timeout }: { secrets: Secrets; timeout: number },
): Promise<Delivery> {
  const signal = AbortSignal.timeout(timeout);
  const { member } = message;
  const answer = (delivered: boolean, detail: string): Delivery => ({
    channel: name,
    delivered,
    ...(rings(channel) && { rings: true }),
    ...(member !== undefined && { member }),
    detail,
  });
  try {
    return answer(true, await sendBy(channel, message, secrets, signal));
  } catch (error) {
    if (error instanceof Undelivered || error instanceof MissingSecret)
      return answer(false, error.message);
    if (signal.aborted) return answer(false, `No answer within ${timeout / 1000} s`);
    // Errors of libraries may quote what they were given: only their code is reported.
    const { code, name } = error as Error & { code?: string };
    return answer(false, `It failed (${code ?? name})`);
  }
}

function sendBy(
  channel: Channel,
  message: Message,
  secrets: Secrets,
  signal: AbortSignal,
): string | Promise<string> {
  if (channel.kind === 'log') return logPage(channel.file, message);
  if (channel.kind === 'smtp')
    return sendMail({ url: secrets(channel.url), from: channel.from }, message, signal);
  if (channel.kind === 'slack-webhook') return sendToSlack(secrets(channel.url), message, signal);
  if (channel.kind === 'healthchecks') return pingCheck(secrets(channel.url), message, signal);
  if (channel.kind === 'pagerduty')
    return sendToPagerDuty({ url: channel.url, key: secrets(channel.key) }, message, signal);
  const secret = channel.secret && secrets(channel.secret);
  return sendToWebhook({ url: secrets(channel.url), secret }, message, signal);
}
