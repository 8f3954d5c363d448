import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
} from 'node:fs';
import { dirname } from 'node:path';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { hasNoLinks, isSameFile, isThere } from '../../../os/files/file-facts.ts';
import { openPlain } from '../../../os/files/held/open-plain.ts';
import { PART } from '../file/generations.ts';

/** Of a file until it has the owner and the mode that it is to have. */
const OURS = 0o600;

/**
 * Gives the log's file the name `rotated`, and puts an empty one of the same owner and mode under its own. There is
 * a file under the log's name at every moment; which of the two it is shows a retry how far the last attempt came.
 */
export function renameLog(live: string, rotated: string): { readonly changed: boolean } {
  const part = `${rotated}${PART}`;
  if (isThere(rotated) && isThere(live) && !isSameFile(live, rotated)) {
    finishBehind(live, rotated);
    return { changed: false };
  }
  if (isThere(live)) {
    // Before anything moves: who may not give it its owner must not take the old one away.
    createLike(lstatSync(live), part);
    linkOrMove(live, rotated);
  }
  if (!isThere(live)) putBehind(live, rotated);
  else {
    renameSync(part, live);
    syncDirectory(dirname(live));
  }
  return { changed: true };
}

/** An attempt may have ended before the new log had all that the old one has: then its part is still there. */
export function finishBehind(live: string, rotated: string): void {
  if (isThere(`${rotated}${PART}`)) putBehind(live, rotated);
}

/** A log in place of the one that was moved away, with all that this one has. */
function putBehind(live: string, rotated: string): void {
  createBehind(live, rotated);
  rmSync(`${rotated}${PART}`, { force: true });
  syncDirectory(dirname(live));
}

/** An empty file that its application may write to as it could to the old one. */
function createLike(like: Stats, file: string): void {
  rmSync(file, { force: true });
  const fd = openSync(file, 'wx', OURS);
  try {
    giveAttributes(fd, like);
  } finally {
    closeSync(fd);
  }
}

/** On an open file: a name could be led elsewhere by whoever may write in the directory. */
export function giveAttributes(fd: number, { uid, gid, mode }: Stats): void {
  const own = fstatSync(fd);
  if (own.uid !== uid || own.gid !== gid) fchownSync(fd, uid, gid);
  fchmodSync(fd, mode & 0o777);
}

function linkOrMove(live: string, rotated: string): void {
  if (isThere(rotated)) return; // both are one file: an attempt came this far
  try {
    linkSync(live, rotated);
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    renameSync(live, rotated);
  }
}

/** Where there are no hard links, the name is free for a moment, and the application may have taken it. */
function createBehind(live: string, rotated: string): void {
  const fd = createOrOpen(live);
  try {
    const { uid, mode, size } = fstatSync(fd);
    const isOurs = uid === process.geteuid?.() || (mode & 0o777) === OURS;
    // What the application has made itself, or put there, is as it wants it.
    if (isOurs && size === 0) giveAttributes(fd, lstatSync(rotated));
  } finally {
    closeSync(fd);
  }
}

function createOrOpen(live: string): number {
  try {
    return openSync(live, 'wx', OURS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return openPlain(live, constants.O_RDONLY);
  }
}
