import { dirname, join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import type { BackupId } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { withScratchFor } from '../../../os/files/scratch.ts';
import { writeBytes } from '../../artefact/bytes.ts';
import { openStored } from '../../artefact/open-stored.ts';
import { databaseDriver } from '../../database/driver-for.ts';
import type { Proof } from '../../database/copies.ts';
import { expectEngine } from '../../database/expect-engine.ts';
import { type Backup, backupPaths, readBackup, readManifest } from '../catalogue/backup-store.ts';
import type { LastProof } from '../catalogue/last-proof.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';

export interface ProveAgain {
  /** integrity_check in the place of quick_check. */
  readonly full: boolean;
  readonly by: string;
  /** Default: where the target's backups lie. */
  readonly directory?: string;
}

/**
 * Proves a finished backup from its bytes: all of it is opened, and compared with its manifest. Changes nothing. Damage is an
 * answer; whatever keeps us from checking, such as a missing key, is an error.
 */
export async function proveAgain(
  target: Target,
  id: BackupId,
  { full, by, directory = target.backups.directory }: ProveAgain,
): Promise<LastProof> {
  const at = new Date().toISOString();
  try {
    const backup = readBackup(directory, id);
    const { database } = readManifest(id, backupPaths(directory, id).manifest);
    const { checks, unproven } = await proveDatabase(target, { ...backup, database }, full);
    const archives = await proveArchives(target, directory, id);
    const told = unproven && { unproven: [...unproven] };
    return { at, by, checks: [...checks, ...archives], ...told };
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.type !== 'BackupDamaged') throw error;
    return { at, by, checks: [], damage: error.message };
  }
}

async function proveDatabase(
  target: Target,
  { id, file, bytes, database }: Backup,
  full: boolean,
): Promise<Pick<Proof, 'checks' | 'unproven'>> {
  expectEngine(target, id, database);
  const content = await openStored(target, file, database.stored, id);
  ensurePrivate(target.state);
  expectSpaceFor(bytes, target.state);
  return withScratchFor(join(target.state, 'verify'), async (scratch) => {
    const copy = join(scratch, database.file);
    await writeBytes(copy, content);
    return databaseDriver(target).prove(copy, { name: id, expected: database, full });
  });
}

/** Every byte of the configuration and data that lie in it is what was written. */
async function proveArchives(target: Target, directory: string, id: BackupId): Promise<string[]> {
  const { manifest } = backupPaths(directory, id);
  const checks: string[] = [];
  for (const { name, stored } of readManifest(id, manifest).archives) {
    const file = join(dirname(manifest), stored.file);
    for await (const _ of await openStored(target, file, stored, id));
    checks.push(name);
  }
  return checks;
}
