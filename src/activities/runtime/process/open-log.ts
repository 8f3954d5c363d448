import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
} from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { passing } from '../../../os/failure.ts';
import { makeDirectories } from '../../../os/files/held/make-directories.ts';
import { openPlain } from '../../../os/files/held/open-plain.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';
import { byOwner } from '../../../os/owner/by-owner.ts';
import type { Owner } from '../../../os/owner/owner-of.ts';

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } =
  constants;

/**
 * Opens the file to which an application's output is appended, by what its owner may: a link that he planted leads no further than he gets himself.
 * One that is root's, from when the application was started as root, is opened where it lies, and no link is followed.
 */
export function openLog(log: string, directory: string, owner: Owner | undefined): number {
  if (owner === undefined)
    return withHeld((held) => {
      makeDirectories(dirname(log), held);
      return openPlain(held(log), O_WRONLY | O_APPEND | O_CREAT, { mode: 0o644 });
    });
  try {
    return byOwner(owner, () => {
      mkdirSync(dirname(log), { recursive: true });
      // A pipe without a reader would hold us for ever.
      return expectFile(
        openSync(log, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o644),
        log,
        Infinity,
      );
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    return openOfRoot(log, directory, owner);
  }
}

function openOfRoot(log: string, directory: string, owner: Owner): number {
  const place = byOwner(owner, () => openSync(dirname(log), O_RDONLY | O_DIRECTORY));
  try {
    const at = `/proc/self/fd/${place}`;
    expectUnmoved(readlinkSync(at), log, directory);
    const file = join(at, basename(log));
    const flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
    try {
      return expectFile(openSync(file, flags), log, 1);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      const made = openSync(file, flags | O_CREAT | O_EXCL, 0o644);
      fchownSync(made, owner.uid, owner.gid);
      return made;
    }
  } finally {
    closeSync(place);
  }
}

/** Where the target says, or in the application's directory: nowhere that a link could lead to. */
function expectUnmoved(found: string, log: string, directory: string): void {
  if (found === dirname(log) || `${found}${sep}`.startsWith(`${realpathSync(directory)}${sep}`))
    return;
  throw refused(log, `a link leads to "${found}", which the application's user may not write to`);
}

/** One that has a second name could be any file of root's. */
function expectFile(fd: number, log: string, names: number): number {
  const found = fstatSync(fd);
  if (found.isFile() && found.nlink <= names) return fd;
  closeSync(fd);
  throw refused(log, found.isFile() ? 'it has a second name' : 'it is no file');
}

function refused(log: string, why: string): Error {
  return passing('StartFailed', `Cannot write the application's output to "${log}": ${why}`);
}
