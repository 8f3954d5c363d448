import type { ResponseTimes } from '../../../activities/app/measure-response.ts';

/** Where the target has no limit, a repair has helped when what people wait for takes at most this share of what it took. */
const HALF = 0.5;

/**
 * Whether the application is fast again: within the target's limit, or, where that has none, at least twice as fast as before. Half of its
 * answers have to be, too: a few that were late by chance are soon no longer so, whatever was repaired.
 */
export function isFastAgain(before: ResponseTimes, now: ResponseTimes): boolean {
  if (now.slow !== undefined) return !now.slow;
  if (now.failed > 0) return false;
  const [was, is] = [paceOf(before), paceOf(now)];
  return is.every((time, index) => time <= HALF * (was[index] ?? 0)) && is.length > 0;
}

/** Of 20 answers each, in ms. */
export function timesOf({ p50, p95, script, failed }: ResponseTimes) {
  return { p50, p95, ...(script !== undefined && { script }), failed };
}

/** People wait for a page's script, where it has one: Streamlit answers at once, whatever that does. */
function paceOf({ p50, p95, script }: ResponseTimes): readonly number[] {
  if (script !== undefined) return [script];
  return p50 === undefined || p95 === undefined ? [] : [p50, p95];
}
