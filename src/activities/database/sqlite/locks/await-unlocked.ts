import Database from 'better-sqlite3';
import type { SqliteTarget } from '../../../../config/schema/target.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import { awaitFree, expectFree } from '../../await-free.ts';
import type { Examination, Unlocked } from '../../driver.ts';
import { isLocked } from '../file/errors.ts';
import { byDatabaseOwner } from '../owner/by-database-owner.ts';
import { findLockHolders } from './lock-holders.ts';

type Judged = Pick<Examination, 'verdict' | 'finding'>;

const BETWEEN_TRIES = 50;

/**
 * Tries to take the lock, and gives it back at once, until it is free or the policy's `wait` is over. No row is written;
 * but to open a damaged database for writing checkpoints its log, so that is refused: `DatabaseDamaged`.
 */
export async function awaitUnlocked(target: SqliteTarget, examined?: Judged): Promise<Unlocked> {
  const live = liveFile(target.database.file);
  const { wait } = target.database.locks;
  return awaitFree({
    name: live,
    examined,
    wait,
    between: BETWEEN_TRIES,
    // Who it was is only to be seen while it is.
    isFree: async () => (canWrite(live) ? true : findLockHolders(target)),
  });
}

/** Demands that it is free. Error: `StillLocked`. */
export async function expectUnlocked(target: SqliteTarget): Promise<{ readonly note: string }> {
  return expectFree(liveFile(target.database.file), await awaitUnlocked(target));
}

/**
 * Exclusive: in rollback-journal mode a reader, too, keeps a writer from its commit. A connection of its own for each try,
 * because whoever reads the file meanwhile would drop the locks of an open one.
 */
function canWrite(live: string): boolean {
  return byDatabaseOwner(live, () => canWriteByOwner(live));
}

function canWriteByOwner(live: string): boolean {
  const db = new Database(live, { fileMustExist: true, timeout: 0 });
  try {
    db.exec('begin exclusive');
    db.exec('rollback');
    return true;
  } catch (error) {
    if (!isLocked(error)) throw error;
    return false;
  } finally {
    db.close();
  }
}
