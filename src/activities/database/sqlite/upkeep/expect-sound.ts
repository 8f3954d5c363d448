import Database from 'better-sqlite3';
import type { SqliteTarget } from '../../../../config/schema/target.ts';
import { unprovenText } from '../../../../config/unproven.ts';
import { passing, permanent } from '../../../../os/failure.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import type { Soundness } from '../../driver.ts';
import { examine } from '../examine.ts';
import { besideWith } from '../extensions/beside-with.ts';
import { asItIs, type Prepare } from '../extensions/prepare.ts';
import { sidecarsOf } from '../../../../os/files/sqlite-sidecars.ts';
import { isDamage, isLocked } from '../file/errors.ts';
import { type Integrity, judgeIntegrity } from '../file/integrity.ts';
import { journalModeOf } from '../file/journal-mode.ts';
import { readLive } from '../file/read-live.ts';

/**
 * Demands that the live database is not damaged. A damaged one is recovered, never optimised: to rewrite it would spread the
 * damage, and could free what a rescue still needs. What cannot be judged here is named. Error: `DatabaseDamaged`.
 */
export async function expectSound(target: SqliteTarget): Promise<Soundness> {
  const live = liveFile(target.database.file);
  const { finding, verdict } = await judgedQuickly(target);
  // Readers of a rollback journal hold writers up: half a minute for each GB is not for daytime.
  if (journalModeOf(live) !== 'wal')
    return verdict === 'sound'
      ? { checks: ['quick_check'], note: `${finding}, passed quick_check` }
      : { checks: [], unproven: [{ check: 'quick_check', why: finding }], note: finding };
  const full = await integrityOf(target);
  if (full.verdict === 'damaged') throw damaged(live, `integrity_check says ${full.finding}`);
  const { checks, unproven } = full;
  if (unproven.length > 0)
    return { checks, unproven, note: `${finding}; ${unprovenText(unproven)}` };
  return { checks: ['quick_check', ...checks], note: `${finding}, passed integrity_check` };
}

/** The quick part of it: compares no index with its table. */
export async function expectQuickCheck(
  target: SqliteTarget,
): Promise<{ readonly finding: string }> {
  const { finding } = await judgedQuickly(target);
  return { finding };
}

async function judgedQuickly(target: SqliteTarget) {
  const examined = await examine(target);
  if (examined.verdict === 'damaged')
    throw damaged(liveFile(target.database.file), examined.finding);
  return examined;
}

/** It compares every index with its table, which quick_check does not. */
async function integrityOf(target: SqliteTarget): Promise<Integrity> {
  if (target.database.extensions.length > 0) {
    const { result } = await besideWith<Integrity>({ task: 'integrity', target });
    // Why it could not be asked with them, the examination has told.
    if (result?.verdict === 'sound') return result;
    const without = integrityHere(target, asItIs);
    return result && without.verdict !== 'damaged' ? result : without;
  }
  return integrityHere(target, asItIs);
}

/** The same by this process. */
export function integrityHere(
  { database }: Pick<SqliteTarget, 'database'>,
  prepare: Prepare,
): Integrity {
  const live = liveFile(database.file);
  try {
    return readLive(live, (db) => {
      prepare(db);
      return judgeIntegrity(db, 'integrity_check', prepare !== asItIs);
    });
  } catch (error) {
    if (isLocked(error)) throw passing('DatabaseLocked', `Cannot check "${live}": it is locked`);
    if (isDamage(error)) throw damaged(live, (error as Error).message);
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
