import { randomUUID } from 'node:crypto';
import { renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SqliteTarget } from '../../../../config/schema/target.ts';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { permanent } from '../../../../os/failure.ts';
import { expectSpaceFor, inMebibytes } from '../../../../os/files/disk-space.ts';
import { syncDirectory, syncFile } from '../../../../os/files/durable-files.ts';
import { isDiskFull } from '../../../../os/files/file-facts.ts';
import { setRights } from '../../../../os/files/held/set-rights.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import { removeStartingWith } from '../../../../os/files/remove-starting-with.ts';
import type { JournalMode } from '../../copies.ts';
import type { Compacted } from '../../upkeep-results.ts';
import { isAboutDoubleQuotes } from '../dump/schema-needs.ts';
import { checkpoint } from '../file/checkpoint.ts';
import { databaseNames } from '../file/database-files.ts';
import { isDamage, isLocked, isUnable } from '../file/errors.ts';
import { removeEmptyLog } from '../file/exclusive.ts';
import { journalModeOf, setJournalMode } from '../file/journal-mode.ts';
import { expectUnopened } from '../file/openers.ts';
import { unkeep } from '../restore/keep.ts';
import { giveSecondName, isCompacted, untouchedTime } from './compacted.ts';
import { type Exclusive, exclusively, exclusivelyWithText } from './copying.ts';
import { measure } from './measure.ts';
import { expectSameContent } from './same-content.ts';

/**
 * Replaces the database with a copy that has no free pages. The application is stopped, and nobody else can read or
 * write from before the copy until after the rename. The database from before keeps the name `<db>.pre-<stamp>`.
 *
 * VACUUM INTO and not VACUUM: it changes no rowid, and a process that is killed leaves the original as it was.
 */
export function compact(file: string, stamp: Stamp): Compacted {
  const { live, staged, kept } = databaseNames(file, stamp);
  // The application may have written to it since: to compact again would be one more downtime for nothing.
  const changed = !isCompacted(file, stamp);
  if (changed) {
    expectUnopened(live);
    // Made under a lock that died with its process: somebody may have written to the original since.
    unkeep(file, stamp);
    removeStartingWith(staged);
    try {
      checkpoint(live);
      replaceByCopy(file, stamp, exclusively);
    } catch (error) {
      if (!isAboutDoubleQuotes(error)) throw isUnable(error) ? failureFor(error, live) : error;
      replaceByCopy(file, stamp, exclusivelyWithText);
    }
  }
  syncDirectory(dirname(live));
  return { bytes: statSync(live).size, kept, changed };
}

/** Demands disk space for the copy beside the live file. */
export function expectSpaceToCompact(database: SqliteTarget['database']): {
  readonly note: string;
} {
  const { pages, freePages, pageSize } = measure(database);
  const directory = dirname(liveFile(database.file));
  const { needed, available } = expectSpaceFor((pages - freePages) * pageSize, directory);
  return { note: `${inMebibytes(needed)} needed, ${inMebibytes(available)} available` };
}

function replaceByCopy(file: string, stamp: Stamp, open: (file: string) => Exclusive): void {
  const { live, staged, kept } = databaseNames(file, stamp);
  // Read before the lock is taken: to open and close the file by other means would drop it.
  const mode = journalModeOf(live);
  const lock = open(live);
  try {
    makeCopy(lock, { live, staged, mode, stamp });
    removeEmptyLog(live);
    giveSecondName(live, kept);
    renameSync(staged, live);
    syncDirectory(dirname(live));
    expectNoLatecomer();
  } catch (error) {
    removeStartingWith(`${staged}.part-`);
    throw failureFor(error, live);
  } finally {
    lock.close();
  }

  /** Who opened the original right before the rename waits for our lock, and would write to a file that is no longer live. */
  function expectNoLatecomer(): void {
    try {
      expectUnopened(kept, process.pid);
    } catch (error) {
      renameSync(kept, live);
      syncDirectory(dirname(live));
      throw error;
    }
  }
}

interface Making {
  readonly live: string;
  readonly staged: string;
  readonly mode: JournalMode;
  readonly stamp: Stamp;
}

/** Under its final name only when all is proven and durable. */
function makeCopy(lock: Exclusive, { live, staged, mode, stamp }: Making): void {
  const part = `${staged}.part-${randomUUID()}`;
  lock.vacuumInto(part);
  expectSameContent(lock, part);
  setJournalMode(part, mode);
  const before = statSync(live);
  const { uid, gid, mode: rights } = before;
  setRights(part, { uid, gid, mode: rights & 0o777, time: untouchedTime(stamp) });
  syncFile(part);
  renameSync(part, staged);
  syncDirectory(dirname(staged));
}

function failureFor(error: unknown, live: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (isDiskFull(error))
    return permanent('NoSpace', `No space left for a compact copy of "${live}": ${message}`);
  if (isDamage(error))
    return permanent(
      'DatabaseDamaged',
      `"${live}" is damaged (${message}): start database-recovery`,
    );
  if (isLocked(error)) return error;
  if (code === 'EPERM')
    return permanent('NotPermitted', `Cannot give the copy the owner of "${live}": ${message}`);
  // The other build of SQLite knows what it means.
  if (isAboutDoubleQuotes(error)) return error;
  // A function or collation of the application's own, which an index needs.
  if (isUnable(error))
    return permanent('CannotCompact', `Cannot copy "${live}" without its application: ${message}`);
  return error;
}
