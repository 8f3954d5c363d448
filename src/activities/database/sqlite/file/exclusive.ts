import { rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { countText } from '../../../../config/text/count-text.ts';
import { passing, permanent } from '../../../../os/failure.ts';
import { isLocked } from './errors.ts';
import { BUSY_TIMEOUT } from './in-place.ts';

/**
 * Opens a database so that no other process can read it or write to it until it is closed. Its application is stopped.
 *
 * The lock is on the file, not on its name, and stays through renames. Never open that file by other means meanwhile:
 * the first of them to be closed would drop the lock (https://sqlite.org/howtocorrupt.html, "close() drops locks").
 */
export function openExclusive(file: string): Database.Database {
  const db = new Database(file, { fileMustExist: true, timeout: BUSY_TIMEOUT });
  try {
    db.pragma('locking_mode = exclusive');
    // In this locking mode the lock outlives the transaction that took it.
    db.exec('begin exclusive; commit');
    return db;
  } catch (error) {
    db.close();
    if (isLocked(error)) throw passing('DatabaseInUse', `Somebody has "${file}" open`);
    throw error;
  }
}

/** Removes the log that an exclusive connection opened and never wrote to: beside another main file it would be stale. */
export function removeEmptyLog(file: string): void {
  const log = `${file}-wal`;
  const size = statSync(log, { throwIfNoEntry: false })?.size;
  if (size === undefined) return;
  if (size > 0)
    throw permanent(
      'StaleSidecar',
      `Expected "${log}" to be empty: it has ${countText(size, 'byte')}`,
    );
  rmSync(log);
}
