import type { World } from './world.ts';

/** A channel that was down is tried again within 10 minutes. */
export const AGAIN = 12;

/** In which minutes all worked that should tell people, and in which a worker was there. */
export function openMinutes() {
  const healthy: boolean[] = [];
  const present: boolean[] = [];

  return { passed, failed, healthyFrom, wasHealthy, wasPresent };

  function passed(now: number, { worker, mail, pager }: World['health']): void {
    present[now] = worker;
    healthy[now] = worker && mail && pager;
  }

  function failed(now: number, isAway: boolean): void {
    healthy[now] = false;
    if (isAway) present[now] = false;
  }

  /** The minute by which what is due at `due` must have been told; undefined: nobody could in time. */
  function healthyFrom(due: number, end: number): number | undefined {
    for (let at = Math.ceil(due); at < end; at += 1) {
      if (healthy[at] === false) continue;
      const until = wasSick(due, at) ? at + AGAIN : at;
      if (wasHealthy(at, until)) return until;
    }
    return undefined;
  }

  function wasSick(from_: number, to: number): boolean {
    return healthy.slice(Math.max(Math.floor(from_) - 1, 0), to + 1).includes(false);
  }

  function wasHealthy(from_: number, to: number): boolean {
    return !healthy.slice(Math.max(from_, 0), to + 1).includes(false);
  }

  function wasPresent(from_: number, to: number): boolean {
    return !present.slice(Math.max(from_, 0), to + 1).includes(false);
  }
}
