import { createHash } from 'node:crypto';
import { thisHour } from './bounded.ts';

/** So far the first moves from hour to hour. Coprime with most counts of files: starts that follow each other lie apart. */
const STRIDE = 41;

/**
 * The files of long tests in the order in which a run with bounded time plays them, until it is over: by a hash of the name, from another
 * first one in each hour since 1970.
 */
export function inTurn(files: readonly string[], hour = thisHour): string[] {
  const order = files.toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  const first = order.length === 0 ? 0 : (hour * STRIDE) % order.length;
  return [...order.slice(first), ...order.slice(0, first)];
}

function placeOf(file: string): string {
  return createHash('sha256').update(file).digest('hex');
}
