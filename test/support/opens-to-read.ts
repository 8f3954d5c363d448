import { constants } from 'node:fs';

const CHANGING = constants.O_WRONLY | constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC;

/** Whether `openSync` with these flags changes nothing. */
export function opensToRead(flags: unknown = 'r'): boolean {
  return typeof flags === 'number' ? (flags & CHANGING) === 0 : flags === 'r';
}
