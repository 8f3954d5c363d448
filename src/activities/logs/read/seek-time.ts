import { readSync } from 'node:fs';
import type { Scanner } from './scanner.ts';

/** Of a file between two looks. */
const NEAR = 65_536;
const NEWLINE = 10;

/**
 * Where the lines since `since` begin in a plain file of `size` bytes, or at most 64 KiB before it: by halves, so that a gigabyte
 * takes 14 looks. Where no line says when it was written it is the beginning.
 */
export function seekTime(
  fd: number,
  size: number,
  scanner: Pick<Scanner, 'stampOf'>,
  since: number,
): number {
  const buffer = Buffer.allocUnsafe(NEAR);
  let [low, high] = [0, size];
  while (high - low > NEAR) {
    const middle = low + Math.floor((high - low) / 2);
    const at = stampBehind(middle);
    // What cannot be told is read.
    if (at < since) low = middle;
    else high = middle;
  }
  return low;

  function stampBehind(position: number): number {
    const count = readSync(fd, buffer, 0, NEAR, position);
    const piece = buffer.subarray(0, count);
    for (let start = piece.indexOf(NEWLINE) + 1; start > 0 && start < count;) {
      const at = scanner.stampOf(piece, start);
      if (!Number.isNaN(at)) return at;
      start = piece.indexOf(NEWLINE, start) + 1;
    }
    return NaN;
  }
}
