import type { ActivityType } from '../../activities/index.ts';
import { activityPolicies } from '../run/activity-policies.ts';
import type { Reason } from '../run/ending.ts';
import { failed } from '../run/failed.ts';
import type { Call } from './systems.ts';

/** A plan ends at its first act, which is refused because it holds no claim: remembers what that would have been. */
export function openPlanning(planning: boolean, callTarget: Call) {
  let last = 'nothing';

  const call: Call = async (type, args, options) => {
    if (planning && needsNoClaim(type)) throw firstAct(type);
    last = type;
    return callTarget(type, args, options);
  };
  /** The error that ends a plan before something that no activity refuses. */
  function firstAct(type: string): Error {
    last = type;
    return failed('LockLost', 'A plan does not act');
  }
  const isFirstAct = ({ type }: Reason): boolean => planning && type === 'LockLost';

  return {
    call,
    isFirstAct,
    firstAct,
    /** A sentence of what would be done, when an error means that a plan has come to its first act. */
    planned: (reason: Reason): string | undefined =>
      isFirstAct(reason) ? `would act here (${last}), so the plan ends` : undefined,
  };
}

/** No claim refuses it to a plan. What the engine calls itself has its policy elsewhere. */
function needsNoClaim(type: string): boolean {
  return (
    Object.hasOwn(activityPolicies, type) &&
    activityPolicies[type as ActivityType].withoutClaim === true
  );
}
