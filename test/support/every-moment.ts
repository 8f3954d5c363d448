import { isBounded, today } from './bounded.ts';

/**
 * Plays a scenario that is ended at its first moment, then one that is ended so many later, and so on, two side by side, until
 * one had no such moment. Tells how many there were, up to the stride. After a failure nothing is left under way. Where time is bounded,
 * every moment means the first and every second, those that were left out the day before.
 */
export async function everyMoment(
  stride: number,
  endAt: (n: number) => Promise<boolean>,
): Promise<number> {
  const step = stride === 1 && isBounded ? 2 : stride;
  let next = 1;
  let last = Infinity;
  async function lane(): Promise<void> {
    for (let n = take(); n < last; n = take())
      try {
        if (!(await endAt(n))) last = n;
      } catch (error) {
        last = n;
        throw error;
      }
  }
  for (const ended of await Promise.allSettled([lane(), lane()]))
    if (ended.status === 'rejected') throw ended.reason;
  return last - 1;

  function take(): number {
    const n = next;
    next += n === 1 && step !== stride ? 1 + (today % 2) : step;
    return n;
  }
}
