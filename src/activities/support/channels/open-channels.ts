import { join } from 'node:path';
import { MissingSecret, secretOf } from '../../../config/secret-of.ts';
import type { Target } from '../../../config/target.ts';
import { type Channel, reaches, rings } from '../../../config/target/channels.ts';
import type { SecretName } from '../../../config/target/secret.ts';
import type { Delivery, Page } from '../../../incident/page.ts';
import { type Message, messageOf } from './message.ts';
import { logPage } from './page-log.ts';
import { sendToPagerDuty } from './pagerduty.ts';
import { sendToSlack } from './slack.ts';
import { sendMail } from './smtp.ts';
import { Undelivered } from './undelivered.ts';
import { sendToWebhook } from './webhook.ts';

/** For one channel, with its second try, in ms. */
const PATIENCE = 10_000;

type Secrets = (name: SecretName) => string;
/** One try at one channel. A simulation puts its own in its place. */
type Attempt = (
  channel: Named,
  message: Message,
  how: { readonly secrets: Secrets; readonly patience: number },
) => Promise<Delivery>;
type Named = readonly [name: string, channel: Channel];

export interface Channels {
  /** Answers each attempt; empty when no channel reaches the contact. Never rejects. */
  send(page: Page): Promise<Delivery[]>;
}

/** The ways in which a target's people are told. Secrets are read at each page. */
export function openChannels(
  target: Pick<Target, 'directory' | 'state' | 'contacts' | 'channels'>,
  secrets: Secrets = (name) => secretOf(name, target.directory),
  patience = PATIENCE,
  by: Attempt = deliver,
): Channels {
  return {
    async send(page) {
      const message = messageOf(target, page);
      const all = Object.entries(target.channels);
      const attempt = (channel: Named) => by(channel, message, { secrets, patience });
      const logs = all.filter(([, { kind }]) => kind === 'log');
      // A line in a file calls nobody: it counts only where there is nothing else.
      if (logs.length === all.length)
        return Promise.all((all.length > 0 ? logs : [fallback(target)]).map(attempt));
      const copies = Promise.all(logs.map(attempt));
      const reaching = all.filter(
        ([, channel]) => channel.kind !== 'log' && reaches(channel, page.contact, message.person),
      );
      const deliveries = await sendByRule(page, reaching, attempt);
      return [...deliveries, ...(await copies).filter(({ delivered }) => !delivered)];
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
  { secrets, patience }: { secrets: Secrets; patience: number },
): Promise<Delivery> {
  const signal = AbortSignal.timeout(patience);
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
    if (signal.aborted) return answer(false, `No answer within ${patience / 1000} s`);
    // Errors of libraries may quote what they were given: only their code is told.
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
  if (channel.kind === 'pagerduty')
    return sendToPagerDuty({ url: channel.url, key: secrets(channel.key) }, message, signal);
  const secret = channel.secret && secrets(channel.secret);
  return sendToWebhook({ url: secrets(channel.url), secret }, message, signal);
}
