/** Clocks of two hosts may differ by so much, in ms, and both be right. */
const TOLERANCE = 5 * 60_000;

/** Whether a time (ISO 8601) is ahead of `now`: some clock is wrong, so that nobody can say what is newer. */
export function isAhead(time: string, now: number = Date.now()): boolean {
  return Date.parse(time) > now + TOLERANCE;
}
