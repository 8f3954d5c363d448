import type { ActivityOptions } from '@temporalio/workflow';
import type { ActivityType, StepSystems } from '../../../activities/index.ts';
import type { Acting, Unclaimed } from '../../../os/acting.ts';

interface ActivityPolicy extends ActivityOptions {
  /** It changes something that no claim guards: a plan must not call it. */
  readonly withoutClaim?: true;
}

type PolicyFor<One> = One extends Unclaimed
  ? ActivityPolicy & { readonly withoutClaim: true }
  : ActivityPolicy & { readonly withoutClaim?: never };

type Activity<Type extends ActivityType> = Type extends `${infer System}.${infer Action}`
  ? System extends keyof StepSystems
    ? Action extends keyof StepSystems[System]
      ? StepSystems[System][Action]
      : never
    : never
  : never;

/** Those that change the target. */
export type ActingType = {
  [Type in ActivityType]: Activity<Type> extends Acting ? Type : never;
}[ActivityType];

export type ActivityPolicies = { readonly [Type in ActivityType]: PolicyFor<Activity<Type>> };
