import { chownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A user without a name on any machine, as those of containers are. */
export const APP = 61_234;

export const isRoot = process.getuid?.() === 0;
export const NEEDS_ROOT = 'only root can start a process as another user';

/** Gives a directory, with all that lies in it, to the application's user. */
export function giveTo(uid: number, directory: string): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (lstatSync(path).isDirectory()) giveTo(uid, path);
    else if (lstatSync(path).isFile()) chownSync(path, uid, uid);
  }
  chownSync(directory, uid, uid);
}
