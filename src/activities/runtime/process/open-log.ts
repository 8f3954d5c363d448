import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { passing } from '../../../os/failure.ts';
import { giveOwner, makeDirectories } from '../../../os/files/held/make-directories.ts';
import { openPlain } from '../../../os/files/held/open-plain.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';
import type { Owner } from '../../../os/owner/owner-of.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY } = constants;

/**
 * Opens the file to which an application's output is appended. Its directory is the application's: no link of its is followed to what it does
 * not own, and a file that is made is its. One of root's, from when the application was started as root, is gone on with. Error: `StartFailed`.
 */
export function openLog(log: string, owner: Owner | undefined): number {
  try {
    return withHeld((held) => {
      makeDirectories(dirname(log), held);
      const file = held(log);
      return openThere(file) ?? make(file, owner);
    });
  } catch (error) {
    const { message } = error as Error;
    throw passing('StartFailed', `Cannot write the application's output to "${log}": ${message}`);
  }
}

/** Undefined: it is not there yet. */
function openThere(file: string): number | undefined {
  try {
    return openPlain(file, O_WRONLY | O_APPEND);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Only what is new is given away. */
function make(file: string, owner: Owner | undefined): number {
  const fd = openPlain(file, O_WRONLY | O_APPEND | O_CREAT | O_EXCL, { mode: 0o644 });
  if (owner !== undefined) giveOwner(fd, owner, file);
  return fd;
}
