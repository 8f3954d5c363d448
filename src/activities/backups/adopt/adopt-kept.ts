import { chmodSync, lstatSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { syncDirectory, syncFile } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { copyContent } from '../../../os/files/held/copy-plain.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';
import { checkpoint } from '../../database/sqlite/file/checkpoint.ts';
import { libraryVersion } from '../../database/sqlite/file/content.ts';
import { databaseNames, sidecarsOf } from '../../database/sqlite/file/database-files.ts';
import { journalModeOf, setJournalMode } from '../../database/sqlite/file/journal-mode.ts';
import type { Backup } from '../catalogue/backup-store.ts';
import { type Copy, openMaking } from '../making/making.ts';
import { seal, sealedBy } from '../making/seal.ts';
import { store } from '../making/store.ts';
import { proveStored } from '../making/verify-live.ts';

/** What became of the database that a recovery kept. Neither: it kept none. */
export interface Offered {
  /** The rollback point. */
  readonly backup?: Backup;
  /** What is wrong with it, as text. It stays where it was kept, and is no backup. */
  readonly damage?: string;
}

/**
 * Turns the database that was kept into a backup, and removes it when that backup is durable.
 *
 * Until now it was only as sound as quick_check can tell, which compares no index with its table. It is the rollback point only
 * when it passes integrity_check: the application is up by now, so that this may take its time.
 *
 * The backup is a copy, not a link: a link would let whoever puts the kept file back write into the backup.
 */
export async function adoptKept(target: Target, run: string, stamp: Stamp): Promise<Offered> {
  const { database, backups } = target;
  const { live, kept } = databaseNames(database.file, stamp);
  const sealed = sealedBy(run, backups.directory, stamp);
  if (!sealed && !isThere(kept)) return {};

  try {
    const backup = sealed ?? (await sealCopy());
    withHeld((held) => {
      const at = held.itself(kept);
      for (const file of [...sidecarsOf(at), at]) rmSync(file, { force: true });
      syncDirectory(dirname(at));
    });
    return { backup };
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.type !== DAMAGED) throw error;
    return { damage: `${error.message}. It stays as "${kept}"` };
  }

  async function sealCopy(): Promise<Backup> {
    const making = openMaking(backups.directory, stamp, run);
    // The copy, and what is stored of it.
    expectSpaceFor(2 * lstatSync(kept).size, backups.directory);
    making.begin();
    try {
      const copy = copyKept(kept, join(making.directory, basename(live)));
      making.made(copy);
      await store(target, run, stamp);
      const proof = await proveStored(target, run, stamp, { full: true, blame });
      return await seal(target, run, stamp, 'pre-recovery', proof);
    } catch (error) {
      making.discard();
      throw error;
    }
  }
}

const DAMAGED = 'KeptDamaged';

function blame(check: string, finding: string): Error {
  return permanent(DAMAGED, `The database from before is damaged: ${check} says ${finding}`);
}

/** It was kept beside the live file, where the application's user can put something else in its place. */
function copyKept(kept: string, file: string): Copy {
  const begun = performance.now();
  const ctimeMs = withHeld((held) => {
    const at = held.itself(kept);
    copyContent(at, file);
    // Database files whose log could not be checkpointed while they were kept become one file here, where nothing can be lost.
    for (const sidecar of sidecarsOf(at)) copyContent(sidecar, file + sidecar.slice(at.length));
    return lstatSync(at).ctimeMs;
  });
  if (sidecarsOf(file).length > 0) checkpoint(file);
  const journalMode = journalModeOf(file);
  setJournalMode(file, 'delete');
  chmodSync(file, 0o600);
  syncFile(file);
  return {
    file,
    bytes: statSync(file).size,
    milliseconds: Math.round(performance.now() - begun),
    // It lost its live name in the swap: until then it was what the application wrote to.
    takenAt: new Date(Math.min(ctimeMs, Date.now())).toISOString(),
    journalMode,
    sqliteVersion: libraryVersion(),
  };
}
