import type { BackupId } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Unproven } from '../../../config/unproven.ts';
import { permanent } from '../../../os/failure.ts';
import { findBackup } from '../catalogue/find-backup.ts';
import { proveSomewhere } from './prove-somewhere.ts';

export interface BackedUp {
  readonly id: BackupId;
  readonly takenAt: string;
  /** What it has passed just now. */
  readonly checks: readonly string[];
  /** What of it could not be judged here. Missing: nothing. */
  readonly unproven?: readonly Unproven[];
  /** Which newer backups, or copies of this one, are of no use: sentences. */
  readonly passedOver?: string;
}

/**
 * Demands a backup that is recent enough to go on without, and proves it from its bytes. Errors: `BackupNotFound`,
 * `BackupTooOld`, `BackupDamaged`.
 */
export async function expectBackedUp(target: Target, run: string): Promise<BackedUp> {
  const { id, takenAt, passedOver } = findBackup(target, 'latest');
  const { backupWithin } = target.database.maintenance;
  if (Date.now() - Date.parse(takenAt) > inMilliseconds(backupWithin))
    throw permanent(
      'BackupTooOld',
      `The newest backup "${id}" is of ${takenAt}, older than ${backupWithin}: take one first, with daily-backup`,
    );
  const { checks, unproven, damaged } = await proveSomewhere(target, id, { full: false, by: run });
  const told = [passedOver ?? [], damaged].flat();
  if (checks === undefined) throw permanent('BackupDamaged', damaged.join('. '));
  const judged = { checks, ...(unproven && { unproven }) };
  return { id, takenAt, ...judged, ...(told.length > 0 && { passedOver: told.join('. ') }) };
}
