import { dirname } from 'node:path';
import type { BackupId } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { permanent } from '../../../os/failure.ts';
import { findOnAnyDisk } from '../catalogue/find-backup.ts';
import { proveAgain } from './prove-again.ts';

export interface BackedUp {
  readonly id: BackupId;
  readonly takenAt: string;
  /** What it has passed just now. */
  readonly checks: readonly string[];
}

/**
 * Demands a backup that is recent enough to go on without, and proves it from its bytes. Errors: `BackupNotFound`,
 * `BackupTooOld`, `BackupDamaged`.
 */
export async function expectBackedUp(target: Target, run: string): Promise<BackedUp> {
  const { id, takenAt, file } = findOnAnyDisk(target.backups, 'latest');
  const { backupWithin } = target.database.maintenance;
  if (Date.now() - Date.parse(takenAt) > inMilliseconds(backupWithin))
    throw permanent(
      'BackupTooOld',
      `The newest backup "${id}" is of ${takenAt}, older than ${backupWithin}: take one first, with daily-backup`,
    );
  const directory = dirname(dirname(file));
  const { checks, damage } = await proveAgain(target, id, { full: false, by: run, directory });
  if (damage !== undefined) throw permanent('BackupDamaged', damage);
  return { id, takenAt, checks };
}
