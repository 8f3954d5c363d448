import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { isThere } from '../../../../os/files/file-facts.ts';
import { readAside } from './aside.ts';
import { byDatabaseOwner } from '../owner/by-database-owner.ts';
import { openInPlace } from './in-place.ts';
import { journalModeOf } from './journal-mode.ts';

/** File systems stamp a write by a clock that moves this slowly, in ms: of two within it, the second does not show. */
const COARSE = 20;

/**
 * Reads the live database. In use it is read where it is; otherwise aside, because a reader would leave sidecars.
 *
 * An application that opens it for each of its requests is in use between two looks, and sees no reader that is aside: it moves pages
 * that are being read, which looks like damage. What was read of a file that is not still is dropped, and it is read again in its place.
 */
export function readLive<Result>(live: string, read: (db: Database.Database) => Result): Result {
  return byDatabaseOwner(live, () => readByOwner(live, read));
}

function readByOwner<Result>(live: string, read: (db: Database.Database) => Result): Result {
  const inUse = isThere(`${live}-wal`) && isThere(`${live}-shm`);
  if (journalModeOf(live) === 'wal' && !inUse) {
    const still = stillAside(live, read);
    if (still) return still.result;
  }
  const { db, close } = openInPlace(live);
  try {
    return read(db);
  } finally {
    close();
  }
}

/** Undefined: somebody wrote to the file meanwhile. */
function stillAside<Result>(
  live: string,
  read: (db: Database.Database) => Result,
): { readonly result: Result } | undefined {
  const before = printOf(live);
  if (Date.now() - before.mtimeMs < COARSE) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, COARSE);
    if (!isStill()) return undefined;
  }
  try {
    const result = readAside(live, read);
    return isStill() ? { result } : undefined;
  } catch (error) {
    if (isStill()) throw error;
    return undefined;
  }

  function isStill(): boolean {
    const { ino, size, mtimeMs } = printOf(live);
    return ino === before.ino && size === before.size && mtimeMs === before.mtimeMs;
  }
}

/** Of the main file: to add to the log, or to make one, moves no page that a reader aside has. */
function printOf(live: string): { ino: number; size: number; mtimeMs: number } {
  const found = statSync(live, { throwIfNoEntry: false });
  return { ino: found?.ino ?? 0, size: found?.size ?? 0, mtimeMs: found?.mtimeMs ?? 0 };
}
