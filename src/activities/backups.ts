import { basename, join } from 'node:path';
import { statSync } from 'node:fs';
import type { BackupReference } from '../config/backup-id.ts';
import type { Stamp } from '../config/stamp.ts';
import type { Target } from '../config/target.ts';
import { acting } from './support/acting.ts';
import { adoptKept } from './support/backups/adopt-kept.ts';
import type { Backup } from './support/backups/backup-store.ts';
import { permanent } from './support/failure.ts';
import { findBackup } from './support/backups/find-backup.ts';
import { type Copy, openMaking } from './support/backups/making.ts';
import type { BackupClass } from './support/backups/manifest.ts';
import { expectRoomFor, inMebibytes } from './support/files/room.ts';
import { isSealedBy, seal } from './support/backups/seal.ts';
import { liveFile } from './support/sqlite/file/database-set.ts';
import { type Proof, proveCopy } from './support/sqlite/proof.ts';

export type { Backup, Proof };

/** The target's backups: found, and made of the copies that `sqlite.snapshot` takes. */
export function backupActivities(target: Target, run: string) {
  const { database, backups } = target;
  const live = liveFile(database.file);
  return {
    async find(reference: BackupReference): Promise<Backup> {
      return findBackup(backups.directory, reference);
    },

    /** Demands room for a full copy of the database. */
    async expectRoom(): Promise<{ readonly note: string }> {
      const needs = [live, `${live}-wal`].map(sizeOf).reduce((sum, size) => sum + size);
      const { needed, available } = expectRoomFor(needs, backups.directory);
      return { note: `${inMebibytes(needed)} needed, ${inMebibytes(available)} available` };
    },

    /** Proves the copy from the copy itself. What it finds becomes the manifest. */
    async verify(stamp: Stamp): Promise<Proof> {
      const file = join(openMaking(backups.directory, stamp, run).directory, basename(live));
      if (!statSync(file, { throwIfNoEntry: false })?.isFile())
        throw permanent('BackupDamaged', `Cannot verify backup "${stamp}": "${file}" is missing`);
      return proveCopy(file, { name: stamp, keyTable: database.keyTable });
    },

    /** Makes a backup of a verified copy. */
    seal: acting(
      async (stamp: Stamp, kind: BackupClass, copy: Copy, proof: Proof): Promise<Backup> =>
        seal(target, run, stamp, kind, copy, proof),
    ),

    /** Removes what is in the making. A backup that its run has sealed stays, and that is told. */
    discard: acting(
      async (
        stamp: Stamp,
        owner: string = run,
      ): Promise<{ readonly changed: boolean; readonly sealed: boolean }> => ({
        changed: openMaking(backups.directory, stamp, owner).discard(),
        sealed: isSealedBy(owner, backups.directory, stamp),
      }),
    ),

    /** Turns the database that a recovery kept into a backup. Undefined when it kept none. */
    adoptKept: acting(async (stamp: Stamp): Promise<Backup | undefined> =>
      adoptKept(target, run, stamp),
    ),
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
