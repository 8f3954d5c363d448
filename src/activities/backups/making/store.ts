import { basename } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { inBytes } from '../../../config/schema/values/quantities.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { syncFile } from '../../../os/files/durable-files.ts';
import { sha256Of } from '../../../os/files/sha256.ts';
import { type Packing, writeArtefact } from '../../artefact/artefact.ts';
import { bytesOf } from '../../artefact/bytes.ts';
import { readKey } from '../../artefact/key.ts';
import { formatOf } from '../catalogue/backup-store.ts';
import { type Copy, openMaking, type StoredCopy } from './making.ts';
import { snapshot } from './snapshot.ts';

export interface Storing {
  /** Of the file that stays. */
  readonly bytes: number;
  /** Such as `zstd, age`. */
  readonly format: string;
  /** False when an earlier attempt had already stored it. */
  readonly changed: boolean;
}

/** Makes of the copy what is kept of it: compressed and encrypted, as the target's policy says. The plain copy goes when it is sealed. */
export async function store(target: Target, run: string, stamp: Stamp): Promise<Storing> {
  const making = openMaking(target.backups.directory, stamp, run);
  const before = making.stored();
  if (before) return storing(before, false);
  if (making.isCopyLost()) await snapshot(target, stamp, run);
  const copy = making.copy();
  if (!copy) throw permanent('BackupDamaged', `Cannot store backup "${stamp}": it has no copy yet`);
  const packing = await packingOf(target);
  const done =
    packing.compression === 'none' && !packing.key
      ? { stored: storedAsItIs(copy), boot: undefined }
      : { stored: await pack(copy, packing) };
  making.add(done);
  return storing(done.stored, true);
}

export async function packingOf(target: Target): Promise<Packing> {
  const { compression, offsite } = target.backups;
  const part = offsite && inBytes(offsite.part);
  return { compression, key: await readKey(target), part };
}

async function pack({ file }: Copy, packing: Packing): Promise<StoredCopy> {
  const { stored, content } = await writeArtefact(bytesOf(file), file, packing);
  return { stored, sha256: content.sha256 };
}

/** The copy itself is what stays. */
function storedAsItIs({ file, bytes }: Copy): StoredCopy {
  syncFile(file);
  const sha256 = sha256Of(file);
  return { stored: { file: basename(file), bytes, sha256, compression: 'none' }, sha256 };
}

function storing({ stored }: StoredCopy, changed: boolean): Storing {
  return { bytes: stored.bytes, format: formatOf(stored), changed };
}
