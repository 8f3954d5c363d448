import { z } from 'zod';
import { readToken, signToken } from './signed-token.ts';

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

/** A signed token that goes into a link. */
export function signAcknowledge(acknowledgement: Acknowledgement, secret: string): string {
  return signToken('acknowledge', acknowledgement, secret);
}

/** Undefined: not signed with this secret, or dead at `now`. */
export function readAcknowledge(
  token: string,
  secret: string,
  now: Date,
): Acknowledgement | undefined {
  const { data } = Acknowledgement.safeParse(readToken('acknowledge', token, secret));
  return data && now < new Date(data.until) ? data : undefined;
}
