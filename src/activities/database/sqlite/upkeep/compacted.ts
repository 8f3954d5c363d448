import { linkSync, renameSync, statSync } from 'node:fs';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { hasNoLinks, isSameFile, isThere, sizeOf } from '../../../../os/files/file-facts.ts';
import { databaseNames } from '../file/database-files.ts';

/**
 * Whether the live file is the compact copy of this run. The database from before gets its second name when the copy
 * has its own, and the copy gives that up in the rename: so only then there is the one without the other.
 */
export function isCompacted(file: string, stamp: Stamp): boolean {
  const { live, staged, kept } = databaseNames(file, stamp);
  return isThere(live) && isThere(kept) && !isThere(staged) && !isSameFile(live, kept);
}

/** Whether nothing has been written to the compact copy since it was made. */
export function isUntouched(file: string, stamp: Stamp): boolean {
  const { live } = databaseNames(file, stamp);
  const logged = sizeOf(`${live}-wal`);
  const time = untouchedTime(stamp).getTime();
  return statSync(live).mtimeMs === time && logged === 0 && !isThere(`${live}-journal`);
}

/**
 * The time of last change that the copy is given: a round one, at which nobody writes. Every write ends it, also
 * one that we never heard of, and it needs no note that could be lost.
 */
export function untouchedTime(stamp: Stamp): Date {
  const [, year, month, day, hour, minute, second] = /^(....)(..)(..)_(..)(..)(..)$/.exec(stamp)!;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** With links the live name is never without a file. */
export function giveSecondName(live: string, kept: string): void {
  try {
    linkSync(live, kept);
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    // A copy would be read through a second opening, which would drop the lock when it is closed.
    renameSync(live, kept);
  }
}
