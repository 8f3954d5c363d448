import { lstatSync } from 'node:fs';
import { writersOf } from '../file/writers.ts';

const QUIET = 24 * 3_600_000;

/** Whether nobody writes to a rotated file any more. Where not all processes can be inspected, it must have lain still for a day. */
export function isReleased(file: string): boolean {
  const { writers, blind } = writersOf(file);
  if (writers.length > 0) return false;
  return !blind || Date.now() - lstatSync(file).mtimeMs > QUIET;
}
