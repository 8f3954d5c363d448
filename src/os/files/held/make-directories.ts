import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { permanent } from '../../failure.ts';
import { syncDirectory } from '../durable-files.ts';
import { isThere } from '../file-facts.ts';
import type { Held } from './with-held.ts';

/** Makes the directories above and at `directory` that are not there, with the owner of the one that is. Errors: `LinkRefused`, `NotPermitted`. */
export function makeDirectories(directory: string, held: Held, mode = 0o755): void {
  if (isThere(directory) && isThere(held(directory))) return;
  makeDirectories(dirname(directory), held);
  const at = held(directory);
  mkdirSync(at);
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const fd = openSync(at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    // Another one may have been moved to its name: nothing is given away that is not new.
    if (namesIn(fd, at).length > 0)
      throw permanent('FileChanged', `"${directory}" was replaced while it was made: start again`);
    giveOwner(fd, statSync(dirname(at)), directory);
    fchmodSync(fd, mode);
  } finally {
    closeSync(fd);
  }
  syncDirectory(dirname(at));
}

/** Error: `NotPermitted`. */
export function giveOwner(
  fd: number,
  { uid, gid }: { readonly uid: number; readonly gid: number },
  name: string,
): void {
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

function namesIn(fd: number, name: string): string[] {
  return readdirSync(process.platform === 'linux' ? `/proc/self/fd/${fd}` : name);
}
