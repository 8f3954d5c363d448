import { join } from 'node:path';
import { type Channel, copies, rings } from '../../config/schema/channels.ts';
import type { Target } from '../../config/schema/target.ts';
import type { SecretName } from '../../config/schema/values/secret.ts';
import { MissingSecret, secretOf } from '../../config/secret-of.ts';
import type { Delivery, Page } from '../../incident/page.ts';
import { type Directory, type Recipient, recipientsOf } from './audience.ts';
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
/** One try at one channel. A simulation puts its own in its place, and so does what keeps people from getting too many. */
export type Attempt = (
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
  /** Those that reach a contact now: where there is none at all, the log that takes their place. */
  reaching(contact: string): Named[];
}

/** The ways in which a target's people are notified. Secrets are read at each page. */
export function openChannels(
  target: Pick<Target, 'directory' | 'state' | 'channels'> & Directory,
  secrets: Secrets = (name) => secretOf(name, target.directory),
  timeout = TIMEOUT,
  by: Attempt = attemptOne,
): Channels {
  const all = channelsOf(target);
  const tryOne = (channel: Named, page: Page, recipient: Recipient) =>
    by(channel, messageOf(page, recipient), { secrets, timeout });

  return {
    reaching(contact) {
      const page = { contact, at: new Date().toISOString() };
      return all.filter(([, channel]) => recipientsOf(target, page, channel).length > 0);
    },

    async send(page) {
      const isAsked = ([name]: Named) => page.only === undefined || page.only.includes(name);
      const reached = all.filter(isAsked).flatMap((channel): Way[] =>
        waysBy(target, page, channel).map((recipient) => ({
          channel,
          attempt: () => tryOne(channel, page, recipient),
          recipient,
        })),
      );
      // A copy calls nobody: it counts only where there is nothing else.
      if (all.every(([, channel]) => copies(channel))) return attemptAll(reached);
      const copied = attemptAll(reached.filter(({ channel: [, one] }) => copies(one)));
      const notifying = reached.filter(({ channel: [, one] }) => !copies(one));
      const deliveries = await sendByRule(page, notifying);
      return [...deliveries, ...(await copied).filter(({ delivered }) => !delivered)];
    },

    async sendBy(name, page) {
      const channel = all.find(([one]) => one === name);
      if (!channel)
        return { channel: name, delivered: false, detail: 'It is not in "channels" any more' };
      const recipients = recipientsOf(target, page, channel[1]);
      const tried = recipients.length > 0 ? recipients : [nobodyOf(page)];
      const deliveries = await Promise.all(tried.map((one) => tryOne(channel, page, one)));
      return deliveries.find(({ delivered }) => !delivered) ?? deliveries[0]!;
    },
  };
}

/** Where there are none, the log that takes their place. */
export function channelsOf(target: Pick<Target, 'state' | 'channels'>): Named[] {
  const entries: Named[] = Object.entries(target.channels);
  return entries.length > 0 ? entries : [fallback(target)];
}

/** One message that there is to send. */
interface Way {
  readonly channel: Named;
  readonly recipient: Recipient;
  readonly attempt: () => Promise<Delivery>;
}

/** Whoever a digest was meant for may have left: then it is for whom the contact means now. */
function waysBy(target: Directory, page: Page, [, channel]: Named): Recipient[] {
  const found = recipientsOf(target, page, channel);
  if (found.length > 0 || page.reader === undefined) return found;
  const { reader: _gone, ...anybody } = page;
  return recipientsOf(target, anybody, channel);
}

/** What reaches the contact whatever its addresses are. */
function nobodyOf({ contact }: Page): Recipient {
  return { turn: false, owner: contact, readers: [contact], slack: [] };
}

function attemptAll(ways: readonly Way[]): Promise<Delivery[]> {
  return Promise.all(ways.map(({ attempt }) => attempt()));
}

function fallback({ state }: Pick<Target, 'state'>): Named {
  return ['log', { kind: 'log', file: join(state, 'pages.jsonl') }];
}

async function sendByRule({ urgent, event }: Page, ways: readonly Way[]): Promise<Delivery[]> {
  const isLoud = ({ channel: [, one] }: Way) => rings(one);
  // An end never rings, and is for all who may have heard of the beginning. A pager has to know, or it goes on calling.
  if (event === 'acknowledge' || event === 'resolve')
    return attemptAll(ways.filter((way) => way.channel[1].kind === 'pagerduty' || !isLoud(way)));
  if (urgent) return attemptAll(ways);
  return sendQuietly(ways.filter((way) => !isLoud(way)));
}

/** To each by the first channel that takes it. */
async function sendQuietly(ways: readonly Way[]): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  const told = new Set<string>();
  const byChannel = Map.groupBy(ways, ({ channel }) => channel);
  for (const those of byChannel.values()) {
    const left = those.filter(({ recipient: { readers } }) =>
      readers.some((one) => !told.has(one)),
    );
    await Promise.all(
      left.map(async ({ attempt, recipient }) => {
        const delivery = await attempt();
        deliveries.push(delivery);
        if (delivery.delivered) for (const one of recipient.readers) told.add(one);
      }),
    );
  }
  return deliveries;
}

export async function attemptOne(
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
