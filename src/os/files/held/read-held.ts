import { readPlain } from './open-plain.ts';
import { withHeld } from './with-held.ts';

/** All of a small file in a directory that another user can write. Undefined: there is none. Error: `LinkRefused`. */
export function readHeld(path: string): Buffer | undefined {
  return withHeld((held) => {
    try {
      return readPlain(held(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  });
}
