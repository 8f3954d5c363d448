import { renameSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Stamp } from '../../../config/stamp.ts';
import type { Target } from '../../../config/target.ts';
import { type Backup, backupOf, backupPaths, readBackup, readManifest } from './backup-store.ts';
import { syncDirectory, writeDurably } from '../files/durable-files.ts';
import { permanent } from '../failure.ts';
import { type Copy, openMaking } from './making.ts';
import type { BackupClass, Manifest } from './manifest.ts';
import { isThere } from '../sqlite/file/database-set.ts';
import type { Proof } from '../sqlite/proof.ts';

/** Makes a backup of a proven copy: the manifest is written last, and the directory gets its name after it. */
export function seal(
  { name, database, backups }: Target,
  run: string,
  stamp: Stamp,
  kind: BackupClass,
  copy: Copy,
  proof: Proof,
): Backup {
  const sealed = sealedBy(run, backups.directory, stamp);
  if (sealed) return sealed;

  const making = openMaking(backups.directory, stamp, run);
  making.expectOurs();
  const file = basename(copy.file);
  const found = statSync(join(making.directory, file), { throwIfNoEntry: false });
  if (found?.size !== proof.bytes)
    throw permanent(
      'BackupDamaged',
      `Cannot seal backup "${stamp}": its copy has ${found?.size ?? 'no'} bytes, expected ${proof.bytes}`,
    );

  const { bytes, sha256, pageSize, pages, schemaHash, tables } = proof;
  const { journalMode, sqliteVersion, takenAt } = copy;
  const { keyTable } = database;
  const facts = { file, bytes, sha256, pageSize, pages, schemaHash, tables: { ...tables } };
  const manifest: Manifest = {
    version: 1,
    id: stamp,
    class: kind,
    target: name,
    run,
    takenAt,
    database: { ...facts, keyTable, journalMode, sqliteVersion },
    checks: [...proof.timings],
  };
  const { final } = backupPaths(backups.directory, stamp);
  writeDurably(join(making.directory, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  making.forget();
  renameSync(making.directory, final);
  syncDirectory(backups.directory);
  return backupOf(final, manifest);
}

/** The backup of this name, when it is this run's. An earlier attempt may have sealed it. */
export function sealedBy(run: string, directory: string, stamp: Stamp): Backup | undefined {
  const { final, manifest } = backupPaths(directory, stamp);
  if (!isThere(final)) return undefined;
  if (readManifest(stamp, manifest).run !== run)
    throw permanent('BackupExists', `Backup "${stamp}" is already made by another run`);
  syncDirectory(directory);
  return readBackup(directory, stamp);
}

export function isSealedBy(run: string, directory: string, stamp: Stamp): boolean {
  const { final, manifest } = backupPaths(directory, stamp);
  return isThere(final) && readManifest(stamp, manifest).run === run;
}
