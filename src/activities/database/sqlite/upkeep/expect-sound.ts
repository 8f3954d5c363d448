import Database from 'better-sqlite3';
import type { Target } from '../../../../config/schema/target.ts';
import { passing, permanent } from '../../../../os/failure.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import type { Soundness } from '../../driver.ts';
import { examine } from '../examine.ts';
import { sidecarsOf } from '../file/database-files.ts';
import { isDamage, isLocked } from '../file/errors.ts';
import { journalModeOf } from '../file/journal-mode.ts';
import { readLive } from '../file/read-live.ts';

/**
 * Demands that the live database is sound. A damaged one is recovered, never optimised: to rewrite it would spread the
 * damage, and could free what a rescue still needs. Error: `DatabaseDamaged`.
 */
export function expectSound(target: Target): Soundness {
  const live = liveFile(target.database.file);
  const { finding } = expectQuickCheck(target);
  // Readers of a rollback journal hold writers up: half a minute for each GB is not for daytime.
  if (journalModeOf(live) !== 'wal')
    return { checks: ['quick_check'], note: `${finding}, passed quick_check` };
  const answer = integrityOf(live);
  if (answer !== 'ok') throw damaged(live, `integrity_check says ${answer}`);
  return { checks: ['quick_check', 'integrity_check'], note: `${finding}, passed integrity_check` };
}

/** The quick part of it: compares no index with its table. */
export function expectQuickCheck(target: Target): { readonly finding: string } {
  const { sound, finding } = examine(target);
  if (!sound) throw damaged(liveFile(target.database.file), finding);
  return { finding };
}

/** The first finding, or `ok`. It compares every index with its table, which quick_check does not. */
function integrityOf(live: string): string {
  try {
    return readLive(live, (db) => db.prepare('pragma integrity_check(1)').pluck().get() as string);
  } catch (error) {
    if (isLocked(error)) throw passing('DatabaseLocked', `Cannot check "${live}": it is locked`);
    if (isDamage(error)) return (error as Error).message;
    if (error instanceof Database.SqliteError)
      throw permanent(
        'CannotCheck',
        `Cannot check "${live}" in full${sidecarsOf(live).length > 0 ? ' while it is in use' : ''}: ${error.message}`,
      );
    throw error;
  }
}

function damaged(live: string, finding: string): Error {
  return permanent('DatabaseDamaged', `"${live}" is damaged (${finding}): start database-recovery`);
}
