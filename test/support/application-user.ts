import { chownSync, lchownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A user without a name on any machine, as those of containers are. */
export const APP = 61_234;

export const isRoot = process.getuid?.() === 0;
export const NEEDS_ROOT = 'only root can start a process as another user';

/** Gives a directory to the application's user, with all that lies in it: links themselves, and no file that has another name elsewhere. */
export function giveTo(uid: number, directory: string): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const about = lstatSync(path);
    if (about.isDirectory()) giveTo(uid, path);
    else if (about.nlink === 1) lchownSync(path, uid, uid);
  }
  chownSync(directory, uid, uid);
}
