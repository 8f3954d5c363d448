import { quick, runtime } from './patience.ts';
import type { ActivityPolicies } from './policy-for.ts';

/** What people hear, or are kept from hearing. */
export const people = {
  'alerts.lift': { ...quick, withoutClaim: true },
  'alerts.suppress': { ...quick, withoutClaim: true },
  'channels.deposit': { ...runtime, withoutClaim: true },
  'channels.find': quick,
  'channels.ping': { ...quick, withoutClaim: true },
  'channels.test': { ...quick, withoutClaim: true },
  'procedures.find': quick,
  'procedures.learn': { ...quick, withoutClaim: true },
  'procedures.remind': { ...quick, withoutClaim: true },
  'responders.assign': { ...quick, withoutClaim: true },
  'responders.call': { ...quick, withoutClaim: true },
  'responders.escalate': { ...quick, withoutClaim: true },
  'responders.note': { ...quick, withoutClaim: true },
} satisfies Partial<ActivityPolicies>;
