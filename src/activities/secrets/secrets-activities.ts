import type { Target } from '../../config/schema/target.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { acting } from '../../os/acting.ts';
import { findSecret } from './find-secret.ts';
import * as rotating from './rotate.ts';

/** Secrets of the application, replaced. No argument and no answer of these has a value: both lie in the state directory, until the new one is proven. */
export function secretActivities(target: Target) {
  return {
    find: async (name: string) => findSecret(target, name),
    generate: acting(async (stamp: Stamp, name: string) => rotating.generate(target, stamp, name)),
    admit: acting(async (stamp: Stamp) => rotating.admit(target, stamp)),
    write: acting(async (stamp: Stamp) => rotating.write(target, stamp)),
    expectAccepted: async (stamp: Stamp) => rotating.expectAccepted(target, stamp),
    dismiss: acting(async (stamp: Stamp) => rotating.dismiss(target, stamp)),
    expectRefused: async (stamp: Stamp) => rotating.expectRefused(target, stamp),
    finish: acting(async (stamp: Stamp, name: string, at: string) =>
      rotating.finish(target, stamp, { name, at }),
    ),
    differ: async (stamp: Stamp) => rotating.differ(target, stamp),
    putBack: acting(async (stamp: Stamp) => rotating.putBack(target, stamp)),
    forget: acting(async (stamp: Stamp) => rotating.forget(target, stamp)),
    complete: acting(async (stamp: Stamp) => rotating.complete(target, stamp)),
  };
}
