/**
 * Marks an activity that changes the target. It then runs while its run holds the claim's write lock,
 * and must look before it acts: what is there already stays, and is answered with `changed: false`.
 */
export function acting<Activity extends (...args: never[]) => Promise<unknown>>(
  activity: Activity,
): Activity {
  return Object.assign(activity, { [ACTS]: true });
}

export function acts(activity: object): boolean {
  return ACTS in activity;
}

const ACTS = Symbol('acts');
