import { quick, runtime, whileHostIsHeld } from './patience.ts';
import type { ActivityPolicies } from './policy-for.ts';

/** What works on the machine. */
export const host = {
  'evidence.keep': runtime,
  'host.disks': quick,
  'host.port': runtime,
  'host.resources': quick,
  'hostClaim.release': { ...quick, withoutClaim: true },
  'hostClaim.take': { ...whileHostIsHeld, withoutClaim: true },
} satisfies Partial<ActivityPolicies>;
