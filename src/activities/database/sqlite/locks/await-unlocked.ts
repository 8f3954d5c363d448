import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { countText } from '../../../../config/text/count-text.ts';
import type { SqliteTarget } from '../../../../config/schema/target.ts';
import { inMilliseconds } from '../../../../config/time/duration.ts';
import { permanent } from '../../../../os/failure.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import type { Examination, LockHolders, Unlocked } from '../../driver.ts';
import { isLocked } from '../file/errors.ts';
import { byDatabaseOwner } from '../owner/by-database-owner.ts';
import { findLockHolders } from './lock-holders.ts';

type Judged = Pick<Examination, 'verdict' | 'finding'>;

const BETWEEN_TRIES = 50;
/** So many in a row: a lock that is only busy lets one through now and then. */
const ENOUGH = 5;

/**
 * Tries to take the lock, and gives it back at once, until it is free or the policy's `wait` is over. No row is written;
 * but to open a damaged database for writing checkpoints its log, so that is refused: `DatabaseDamaged`.
 */
export async function awaitUnlocked(target: SqliteTarget, examined?: Judged): Promise<Unlocked> {
  const live = liveFile(target.database.file);
  if (examined?.verdict === 'damaged')
    throw permanent(
      'DatabaseDamaged',
      `"${live}" is damaged (${examined.finding}), which no waiting helps: start database-recovery`,
    );
  const end = Date.now() + inMilliseconds(target.database.locks.wait);
  let tries = 0;
  let refused = 0;
  let seen: LockHolders | undefined;
  for (let inRow = 0; inRow < ENOUGH; await sleep(BETWEEN_TRIES)) {
    tries += 1;
    if (canWrite(live)) {
      inRow += 1;
      continue;
    }
    inRow = 0;
    refused += 1;
    // Who it was is only to be seen while it is.
    const now = await findLockHolders(target);
    // One that just ends shows less of itself than before.
    if (!seen?.blocking.length) seen = now;
    if (Date.now() > end) return { free: false, tries, refused, ...now };
  }
  const text =
    refused > 0
      ? `Free after ${refused} of ${countText(tries, 'try', 'tries')}: it was ${seen?.note}`
      : 'Free';
  return { free: true, tries, refused, blocking: [], note: text };
}

/** Demands that it is free. Error: `StillLocked`. */
export async function expectUnlocked(target: SqliteTarget): Promise<{ readonly note: string }> {
  const now = await awaitUnlocked(target);
  if (now.free) return { note: now.note };
  throw permanent(
    'StillLocked',
    `"${liveFile(target.database.file)}" is still locked: ${now.note}. ${adviceFor(now)}`,
  );
}

function adviceFor({ blocking }: LockHolders): string {
  const roles = blocking.map(({ role }) => role);
  if (roles.includes('backup')) return 'A backup is let end: start this again when it has';
  if (roles.includes('unseen')) return 'Look for it on the host, outside of this container';
  return 'Start this again';
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
