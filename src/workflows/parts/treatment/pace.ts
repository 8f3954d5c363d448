import type { ResponseTimes } from '../../../activities/app/measure-response.ts';

/** Where the target has no limit, a repair has helped when what people wait for takes at most this share of what it took. */
const HALF = 0.5;

/** Whether the application is fast again: within the target's limit, or, where that has none, at least twice as fast as before. */
export function isFastAgain(before: ResponseTimes, now: ResponseTimes): boolean {
  if (now.slow !== undefined) return !now.slow;
  const [was, is] = [slowestOf(before), slowestOf(now)];
  return is !== undefined && was !== undefined && now.failed === 0 && is <= HALF * was;
}

/** Of 20 answers each, in ms. */
export function timesOf({ p50, p95, script, failed }: ResponseTimes) {
  return { p50, p95, ...(script !== undefined && { script }), failed };
}

function slowestOf({ p95, script = 0 }: ResponseTimes): number | undefined {
  return p95 === undefined ? undefined : Math.max(p95, script);
}
