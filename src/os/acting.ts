/**
 * Marks an activity that changes the target. It then runs while its run holds the claim's write lock,
 * and must inspect before it acts: what is there already stays, and is answered with `changed: false`.
 */
export function acting<Activity extends (...args: never[]) => Promise<unknown>>(
  activity: Activity,
): Activity & Acting {
  return Object.assign(activity, { [ACTS]: true as const });
}

export function acts(activity: object): boolean {
  return ACTS in activity;
}

const ACTS: unique symbol = Symbol('acts');

/** By its type, an activity that changes the target: somebody has to know what becomes of that when its run is terminated. */
export interface Acting {
  readonly [ACTS]: true;
}

declare const UNCLAIMED: unique symbol;

/** By its type, an activity that needs no claim for what it changes: its policy has to say so, too. */
export interface Unclaimed {
  readonly [UNCLAIMED]: true;
}

/** Marks an activity that changes only our own state directory, or calls people: no claim keeps a plan from it. */
export function unclaimed<Activity extends (...args: never[]) => Promise<unknown>>(
  activity: Activity,
): Activity & Unclaimed {
  return activity as Activity & Unclaimed;
}
