import { renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { countText } from '../../../config/text/count-text.ts';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { at } from '../../../os/files/held/places.ts';
import type { BackupClass } from '../../artefact/manifest.ts';
import type { Proof } from '../../database/copies.ts';
import { beginSigning } from '../author/first-use.ts';
import { writeManifest } from '../author/write-manifest.ts';
import {
  type Backup,
  backupOf,
  backupPaths,
  readBackup,
  readManifest,
} from '../catalogue/backup-store.ts';
import { openMaking } from './making.ts';
import { manifestOf } from './manifest-of.ts';

/** Makes a backup of what is stored and proven: the manifest is written last, and the directory gets its name after it. */
export async function seal(
  target: Target,
  run: string,
  stamp: Stamp,
  kind: BackupClass,
  proof: Proof,
): Promise<Backup> {
  const { directory } = target.backups;
  const sealed = sealedBy(run, directory, stamp);
  if (sealed) return sealed;

  const making = openMaking(directory, stamp, run);
  making.expectOurs();
  if (!making.isComplete()) {
    const manifest = manifestOf(target, { run, stamp, kind, proof });
    for (const { file, bytes } of [manifest.database, ...manifest.archives].map(
      ({ stored }) => stored,
    )) {
      const found = statSync(join(making.directory, file), { throwIfNoEntry: false })?.size;
      if (found !== bytes)
        throw permanent(
          'BackupDamaged',
          `Cannot seal backup "${stamp}": "${file}" has ${countText(found ?? 'no', 'byte')}, expected ${bytes}`,
        );
    }
    await beginSigning(target, [directory]);
    writeManifest(target, making.manifest, manifest);
    if (manifest.database.stored.file !== manifest.database.file)
      rmSync(join(making.directory, manifest.database.file), { force: true });
    making.forget();
  }
  const { final, manifest } = backupPaths(directory, stamp);
  renameSync(making.part, final);
  syncDirectory(at(directory));
  return backupOf(final, readManifest(stamp, manifest));
}

/** The backup of this name, when it is this run's. An earlier attempt may have sealed it. */
export function sealedBy(run: string, directory: string, stamp: Stamp): Backup | undefined {
  const { final, manifest } = backupPaths(directory, stamp);
  if (!isThere(final)) return undefined;
  if (readManifest(stamp, manifest).run !== run)
    throw permanent('BackupExists', `Backup "${stamp}" is already made by another run`);
  syncDirectory(at(directory));
  return readBackup(directory, stamp);
}

export function isSealedBy(run: string, directory: string, stamp: Stamp): boolean {
  const { final, manifest } = backupPaths(directory, stamp);
  return isThere(final) && readManifest(stamp, manifest).run === run;
}
