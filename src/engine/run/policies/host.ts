import { bulk, packages, quick, runtime, scan, whileHostIsHeld } from './patience.ts';
import type { ActivityPolicies } from './policy-for.ts';

/** What works on the machine. */
export const host = {
  'evidence.keep': runtime,
  'host.disks': quick,
  'host.port': runtime,
  'host.resources': quick,
  'hostClaim.release': { ...quick, withoutClaim: true },
  'hostClaim.take': { ...whileHostIsHeld, withoutClaim: true },
  'updates.find': bulk,
  'updates.install': packages,
  'updates.keep': bulk,
  'updates.left': quick,
  'updates.mend': packages,
  'updates.policy': quick,
  'updates.restore': packages,
  'updates.scanAdvisories': { ...scan, withoutClaim: true },
  'updates.scanCode': { ...scan, withoutClaim: true },
} satisfies Partial<ActivityPolicies>;
