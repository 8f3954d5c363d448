import { createHash } from 'node:crypto';
import { thisHour } from './bounded.ts';

/** So far the first moves from hour to hour, of them all: the golden section lays starts apart, however many files there are, and whichever hours. */
const STRIDE = (Math.sqrt(5) - 1) / 2;

/**
 * The files of long tests in the order in which a run with bounded time plays them, until it is over: by a hash of the name, from another
 * first one in each hour since 1970.
 */
export function inTurn(files: readonly string[], hour = thisHour): string[] {
  const order = files.toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  const first = Math.floor(((hour * STRIDE) % 1) * order.length);
  return [...order.slice(first), ...order.slice(0, first)];
}

function placeOf(file: string): string {
  return createHash('sha256').update(file).digest('hex');
}
