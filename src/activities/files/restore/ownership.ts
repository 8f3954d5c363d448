import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { permanent } from '../../../os/failure.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { openPlain } from '../../../os/files/held/open-plain.ts';
import type { Held } from '../../../os/files/held/with-held.ts';
import type { FileEntry } from '../draft/unpack.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/**
 * What the application must find on a file: the owner of the one before or of the directory, and the mode of the backup. A
 * secret has the mode that it has here, and is its owner's alone where there is none.
 */
export function applyOwnership(
  file: string,
  { path, mode }: FileEntry,
  { live, isSecret }: { live: string; isSecret: boolean },
): void {
  const fd = openPlain(file, O_RDONLY);
  try {
    const { uid, gid } = ownerFor(live);
    giveOwner(uid, gid, fd, path);
    const before = isSecret ? lstatSync(live, { throwIfNoEntry: false }) : undefined;
    fchmodSync(fd, isSecret ? (before?.mode ?? 0o600) & 0o777 : Number.parseInt(mode, 8) & 0o777);
  } finally {
    closeSync(fd);
  }
}

/** Makes the directories above and at `directory` that are not there, with the owner of the one that is. Error: `LinkRefused`. */
export function makeDirectories(directory: string, held: Held, mode = 0o755): void {
  if (isThere(directory) && isThere(held(directory))) return;
  const parent = dirname(directory);
  makeDirectories(parent, held);
  const at = held(directory);
  mkdirSync(at);
  const fd = openSync(at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    // Another directory may have been moved to its name: nothing is given away that is not new.
    if (readdirSync(ofOpen(fd, at)).length > 0)
      throw permanent('FileChanged', `"${directory}" was replaced while it was made: start again`);
    const { uid, gid } = statSync(dirname(at));
    giveOwner(uid, gid, fd, directory);
    fchmodSync(fd, mode);
  } finally {
    closeSync(fd);
  }
  syncDirectory(dirname(at));
}

function ownerFor(live: string): Stats {
  const before = lstatSync(live, { throwIfNoEntry: false });
  if (before) return before;
  let directory = dirname(live);
  while (!existsSync(directory)) directory = dirname(directory);
  return statSync(directory);
}

function giveOwner(uid: number, gid: number, fd: number, name: string): void {
  const own = fstatSync(fd);
  if (own.uid === uid && own.gid === gid) return;
  try {
    fchownSync(fd, uid, gid);
  } catch (error) {
    throw permanent(
      'NotPermitted',
      `Cannot give "${name}" the owner that it must have: ${(error as Error).message}`,
    );
  }
}

/** Without /proc, by its name. */
function ofOpen(fd: number, name: string): string {
  return process.platform === 'linux' ? `/proc/self/fd/${fd}` : name;
}
