import { constants } from 'node:fs';
import { openPlain, readIfThere } from './open-plain.ts';
import { withHeld } from './with-held.ts';

/**
 * Opens a file in a directory that another user can write: no link is followed that could be that user's, and no file is opened that has
 * another name. Whoever calls closes it. Error: `LinkRefused`; ENOENT, EACCES as they are.
 */
export function openHeld(path: string, flags: number = constants.O_RDONLY): number {
  return withHeld((held) => openPlain(held(path), flags));
}

/** All of such a file, which must be small. Undefined: there is none. */
export function readHeld(path: string): Buffer | undefined {
  return readIfThere(() => openHeld(path));
}
