import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { permanent } from '../../../os/failure.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { copyDurably, syncDirectory } from '../../../os/files/durable-files.ts';
import { isDiskFull } from '../../../os/files/file-facts.ts';
import { at } from '../../../os/files/held/places.ts';
import { sha256Of } from '../../../os/files/sha256.ts';
import type { Stored } from '../../artefact/manifest.ts';
import { beginSigning } from '../author/first-use.ts';
import { writeManifest } from '../author/write-manifest.ts';
import { backupPaths, readBackup } from '../catalogue/backup-store.ts';
import { isSamePlace } from '../catalogue/catalogue.ts';
import { openMaking } from '../making/making.ts';
import { type Making, manifestOf } from '../making/manifest-of.ts';
import { sealedBy } from '../making/seal.ts';

export interface CopiedOut {
  readonly directory: string;
  readonly bytes: number;
  /** False when an earlier attempt had already made it. */
  readonly changed: boolean;
}

/** Makes the same backup on the second disk, whole and by itself: each file is read again there, and has the sha256 of the first. */
export async function copyOut(target: Target, making: Making): Promise<CopiedOut> {
  const { run, stamp } = making;
  const to = target.backups.copy;
  if (to === undefined)
    throw permanent('InvalidInput', `Target "${target.name}" has no "backups.copy"`);
  // A disk that is not mounted looks like this: the copy would lie on the first disk, too.
  if (!existsSync(to))
    throw permanent('CopyFailed', `Cannot copy backup "${stamp}" to "${to}": it is not there`);
  if (isSamePlace(target.backups.directory, to))
    throw permanent(
      'CopyFailed',
      `Cannot copy backup "${stamp}" to "${to}": it is "${target.backups.directory}" by another name, and no second disk`,
    );
  const { final } = backupPaths(to, stamp);
  const before = sealedBy(run, to, stamp);
  if (before) return { directory: final, bytes: before.database.stored.bytes, changed: false };

  const manifest = manifestOf(target, making);
  const files = [manifest.database, ...manifest.archives].map(({ stored }) => stored);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const here = openMaking(target.backups.directory, stamp, run);
  const there = openMaking(to, stamp, run);
  if (!there.isComplete()) {
    expectSpaceFor(bytes, to);
    there.begin();
    try {
      for (const file of files) copyAndRead(file);
      await beginSigning(target, [to]);
      writeManifest(target, there.manifest, manifest);
      there.forget();
    } catch (error) {
      there.discard();
      throw failureFor(error);
    }
  }
  renameSync(there.part, final);
  syncDirectory(at(to));
  readBackup(to, stamp);
  return { directory: final, bytes, changed: true };

  function copyAndRead({ file, sha256 }: Stored): void {
    const copied = join(there.directory, file);
    copyDurably(join(here.directory, file), copied);
    const got = sha256Of(copied);
    if (got !== sha256)
      throw permanent(
        'CopyFailed',
        `The copy of backup "${stamp}" in "${to}" does not pass sha256: "${file}" has "${got}", expected "${sha256}"`,
      );
  }

  function failureFor(error: unknown): unknown {
    if (!isDiskFull(error)) return error;
    return permanent('NoSpace', `No space left in "${to}" to copy backup "${stamp}"`);
  }
}
