import { catalogueOf } from '../../activities/backups/catalogue/catalogue.ts';
import { findBackup } from '../../activities/backups/catalogue/find-backup.ts';
import { BackupId, BackupReference } from '../../config/backup-id.ts';
import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';
import { backupLines } from '../input/choose-backup.ts';
import { expectHere } from './beside-target.ts';

interface ChosenBackup {
  readonly id: BackupId;
  /** Which newer backups were not meant, and why: sentences. */
  readonly passedOver?: string;
}

/** The backup that people mean: any that is there by its id, one that could be restored otherwise. Error: `UsageError`. */
export function chosenBackup(target: Target, reference: string): ChosenBackup {
  expectHere(target);
  const parsed = BackupReference.safeParse(reference);
  if (!parsed.success)
    throw new UsageError(
      `${parsed.error.issues[0]!.message}: got "${reference}"`,
      `runbook backups list --target ${target.name}`,
    );
  const known = catalogueOf(target).backups.some(
    ({ id, state }) => id === reference && state !== 'incomplete',
  );
  if (known) return { id: reference };
  try {
    const { id, passedOver } = findBackup(target, reference);
    return passedOver === undefined ? { id } : { id, passedOver };
  } catch (error) {
    const message = (error as Error).message.replace(/: there (is|are) .*$/, '');
    throw new UsageError(
      [message, `Backups of ${target.name}:`, ...backupLines(target)].join('\n'),
      `runbook backups list --target ${target.name}`,
    );
  }
}
