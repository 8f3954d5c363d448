import { z } from 'zod';
import { readToken, signToken } from './signed-token.ts';

/** What a link to the status page lets whoever holds it see. */
export const StatusAccess = z.strictObject({
  /** Names of targets. Missing: all that the gateway has. */
  targets: z.array(z.string().min(1)).min(1).optional(),
  /** ISO 8601, UTC. The link is dead from then on. */
  until: z.iso.datetime(),
});
export type StatusAccess = z.infer<typeof StatusAccess>;

export function signStatus(access: StatusAccess, secret: string): string {
  return signToken('status', access, secret);
}

/** Undefined: not signed with this secret, or dead at `now`. */
export function readStatusToken(
  token: string,
  secret: string,
  now: Date,
): StatusAccess | undefined {
  const { data } = StatusAccess.safeParse(readToken('status', token, secret));
  return data && now < new Date(data.until) ? data : undefined;
}
