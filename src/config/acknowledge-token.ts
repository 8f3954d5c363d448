import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** What a link in a message lets whoever holds it do: acknowledge one incident, in the name of one contact. */
export const Acknowledgement = z.strictObject({
  /** The incident's workflow id. */
  incident: z.string().min(1),
  /** The first run of that workflow: a later time that the fault appears is none of this link's. */
  episode: z.string().min(1).optional(),
  /** One of the target's `contacts`, or a member of one. */
  contact: z.string().min(1),
  /** ISO 8601, UTC. The link is dead from then on. */
  until: z.iso.datetime(),
});
export type Acknowledgement = z.infer<typeof Acknowledgement>;

/** No link is longer, so nothing longer is read. */
const MAX_LETTERS = 2048;

/** A signed token that goes into a link. It is readable by whoever holds it, and can be made only with the secret. */
export function signAcknowledge(acknowledgement: Acknowledgement, secret: string): string {
  const content = Buffer.from(JSON.stringify(acknowledgement)).toString('base64url');
  return `${content}.${signatureOf(content, secret).toString('base64url')}`;
}

/** Undefined: not signed with this secret, or dead at `now`. */
export function readAcknowledge(
  token: string,
  secret: string,
  now: Date,
): Acknowledgement | undefined {
  const [, content, signature] =
    (token.length <= MAX_LETTERS && /^([\w-]+)\.([\w-]{43})$/.exec(token)) || [];
  if (!content || !signature) return undefined;
  const expected = signatureOf(content, secret);
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const { data } = Acknowledgement.safeParse(
    JSON.parse(Buffer.from(content, 'base64url').toString()),
  );
  return data && now < new Date(data.until) ? data : undefined;
}

/** The prefix keeps the secret's signatures for other purposes apart from these. */
function signatureOf(content: string, secret: string): Buffer {
  if (secret === '') throw new Error('Cannot sign a link: the secret is empty');
  return createHmac('sha256', secret).update(`runbook acknowledge 1:${content}`).digest();
}
