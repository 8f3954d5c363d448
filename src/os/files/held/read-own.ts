import { closeSync, constants, fstatSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { permanent } from '../../failure.ts';
import { openPlain } from './open-plain.ts';
import { isOurs, isOursAlone } from './who-may-lead.ts';
import { withHeld } from './with-held.ts';

/**
 * A file of our own, as text, when nobody else can have written it: it is ours, closed to others' writing, and lies in a directory that is
 * ours alone, wherever that lies. Errors: `StateUnusable`, `LinkRefused`; ENOENT, EACCES as they are.
 */
export function readOwn(file: string): string {
  return withHeld((held) => {
    const place = held(file);
    const fd = openPlain(place, constants.O_RDONLY);
    try {
      const { uid, mode } = fstatSync(fd);
      if (!isOursAlone(statSync(dirname(place))) || !isOurs(uid) || (mode & 0o022) !== 0)
        throw permanent(
          'StateUnusable',
          `"${file}" is not believed: user ${uid}, or whoever may write to its directory, can have made it`,
        );
      return readFileSync(fd, 'utf8');
    } finally {
      closeSync(fd);
    }
  });
}
