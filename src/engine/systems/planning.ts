import type { ActivityType } from '../../activities/index.ts';
import { activityPolicies } from '../run/activity-policies.ts';
import type { Reason } from '../run/ending.ts';
import { failed } from '../run/failed.ts';
import type { Call } from './systems.ts';

/** A plan ends at its first act, which is refused because it holds no claim: remembers what that would have been. */
export function openPlanning(planning: boolean, callTarget: Call) {
  let last: readonly [type: string, args: readonly unknown[]] | undefined;

  const call: Call = async (type, args, options) => {
    if (planning && needsNoClaim(type)) throw firstAct(type, ...args);
    last = [type, args];
    return callTarget(type, args, options);
  };
  /** The error that ends a plan before something that no activity refuses. */
  function firstAct(type: string, ...args: readonly unknown[]): Error {
    last = [type, args];
    return failed('LockLost', 'A plan does not act');
  }
  const isFirstAct = ({ type }: Reason): boolean => planning && type === 'LockLost';

  return {
    call,
    isFirstAct,
    firstAct,
    /** What would be done, as text, when an error means that a plan has come to its first act. */
    planned: (reason: Reason): string | undefined =>
      isFirstAct(reason) ? `would call ${callText(last)}` : undefined,
  };
}

/** Cut at a length that a person still reads. */
function callText(call: readonly [type: string, args: readonly unknown[]] | undefined): string {
  if (!call) return 'nothing';
  const [type, args] = call;
  const text = args.map((argument) => JSON.stringify(argument)).join(', ');
  return `${type}(${text.length > 200 ? `${text.slice(0, 200)}...` : text})`;
}

/** No claim refuses it to a plan. What the engine calls itself has its policy elsewhere. */
function needsNoClaim(type: string): boolean {
  return (
    Object.hasOwn(activityPolicies, type) &&
    activityPolicies[type as ActivityType].withoutClaim === true
  );
}
