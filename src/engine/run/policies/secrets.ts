import { quick, runtime } from './patience.ts';
import type { ActivityPolicies } from './policy-for.ts';

/** A store of secrets may take its time; who takes one answers at once, or not at all. */
export const secrets = {
  'secrets.admit': quick,
  'secrets.complete': runtime,
  'secrets.differ': quick,
  'secrets.dismiss': quick,
  'secrets.expectAccepted': quick,
  'secrets.expectRefused': quick,
  'secrets.find': runtime,
  'secrets.finish': quick,
  'secrets.forget': runtime,
  'secrets.generate': runtime,
  'secrets.putBack': runtime,
  'secrets.write': runtime,
} satisfies Partial<ActivityPolicies>;
