import { z } from 'zod';
import type { Contact } from './people.ts';
import { SecretName } from './values/secret.ts';

/** Of `contacts`: only these are notified by it. Default: all that it reaches. */
const only = { for: z.array(z.string()).min(1).optional() };

/** A way to reach people. */
export const Channel = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('smtp'),
    /** `smtps://name:password@host`. */
    url: SecretName,
    /** Default: the name in the URL. */
    from: z.email().optional(),
    ...only,
  }),
  z.strictObject({ kind: z.literal('slack-webhook'), url: SecretName, ...only }),
  z.strictObject({
    kind: z.literal('pagerduty'),
    /** The integration key of a service, Events API v2. */
    key: SecretName,
    /** Accounts in Europe: `https://events.eu.pagerduty.com/v2/enqueue`. */
    url: z.url({ protocol: /^https?$/ }).default('https://events.pagerduty.com/v2/enqueue'),
    /** Of a webhook subscription (v3) to the gateway: what people do there counts here. */
    webhook: SecretName.optional(),
    ...only,
  }),
  z.strictObject({
    kind: z.literal('webhook'),
    url: SecretName,
    /** Signs what is sent, as https://www.standardwebhooks.com says. */
    secret: SecretName.optional(),
    /** What it reaches makes a noise that wakes people. */
    rings: z.boolean().default(false),
    ...only,
  }),
  /** A check outside, as of https://healthchecks.io: it raises the alarm when we signal a failure, and when we fall silent. */
  z.strictObject({
    kind: z.literal('healthchecks'),
    /** `https://hc-ping.com/<uuid>`: whoever knows it can ping. */
    url: SecretName,
    ...only,
  }),
  /** A line of JSON in a file for each message: for a desktop. */
  z.strictObject({ kind: z.literal('log'), file: z.string().min(1), ...only }),
]);
export type Channel = z.infer<typeof Channel>;

/** Whether a message to this contact can be sent by it, to an address of the contact or of a member. */
export function reaches(
  channel: Channel,
  name: string,
  { email, slack }: Pick<Contact, 'email' | 'slack'>,
): boolean {
  if (channel.for && !channel.for.includes(name)) return false;
  if (channel.kind === 'smtp') return email !== undefined;
  if (channel.kind === 'slack-webhook') return slack !== undefined;
  return true;
}

/** Whether it takes a copy of what people are notified of: by itself it notifies nobody that there is. */
export function copies({ kind }: Channel): boolean {
  return kind === 'log' || kind === 'healthchecks';
}

/** Whether it may wake somebody. */
export function rings(channel: Channel): boolean {
  return channel.kind === 'pagerduty' || (channel.kind === 'webhook' && channel.rings);
}
