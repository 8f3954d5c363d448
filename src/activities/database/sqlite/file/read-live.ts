import type Database from 'better-sqlite3';
import { isThere } from '../../../../os/files/file-facts.ts';
import { readAside } from './aside.ts';
import { openInPlace } from './in-place.ts';
import { journalModeOf } from './journal-mode.ts';

/** Reads the live database. In use it is read where it is; otherwise aside, because a reader would leave sidecars. */
export function readLive<Result>(live: string, read: (db: Database.Database) => Result): Result {
  const inUse = isThere(`${live}-wal`) && isThere(`${live}-shm`);
  if (journalModeOf(live) === 'wal' && !inUse) return readAside(live, read);
  const { db, close } = openInPlace(live);
  try {
    return read(db);
  } finally {
    close();
  }
}
