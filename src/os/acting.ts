/**
 * Marks an activity that changes the target. It then runs while its run holds the claim's write lock,
 * and must inspect before it acts: what is there already stays, and is answered with `changed: false`.
 */
export function acting<Activity extends (...args: never[]) => Promise<unknown>>(
  activity: Activity,
): Activity & Acting {
  return Object.assign(activity, { [ACTS]: true as const });
}

/**
 * Marks an acting activity that changes the host itself, which several targets may share: packages, firewall, units. It runs while its run
 * holds the host's claim, too (`hostClaim.take`), and that claim's write lock.
 */
export function actingOnHost<Activity extends (...args: never[]) => Promise<unknown>>(
  activity: Activity,
): Activity & Acting {
  return Object.assign(acting(activity), { [ON_HOST]: true as const });
}

export function actsOnHost(activity: object): boolean {
  return ON_HOST in activity;
}

const ON_HOST: unique symbol = Symbol('acts on the host');

/**
 * Marks an acting activity that is right whoever has the target: what it changes is no part of the target that another run changes, and it keeps
 * others out of that itself. A run needs no claim for it; a plan leaves it alone all the same.
 */
export function actingBeside<Activity extends (...args: never[]) => Promise<unknown>>(
  activity: Activity,
): Activity & Acting & Unclaimed {
  return unclaimed(Object.assign(acting(activity), { [BESIDE]: true as const }));
}

/** Whether it is done under its run's claim. */
export function needsClaim(activity: object): boolean {
  return acts(activity) && !(BESIDE in activity);
}

const BESIDE: unique symbol = Symbol('acts beside others');

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
