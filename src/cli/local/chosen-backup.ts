import { listBackups } from '../../activities/backups/catalogue/backup-store.ts';
import { findBackup } from '../../activities/backups/catalogue/find-backup.ts';
import { BackupId, BackupReference } from '../../config/backup-id.ts';
import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';
import { backupLines } from '../input/choose-backup.ts';
import { expectHere } from './beside-target.ts';

/** The id of the backup that people mean: any that is there by its id, one that could be restored otherwise. Error: `UsageError`. */
export function chosenBackup(target: Target, reference: string): BackupId {
  expectHere(target);
  const parsed = BackupReference.safeParse(reference);
  if (!parsed.success)
    throw new UsageError(
      `${parsed.error.issues[0]!.message}: got "${reference}"`,
      `runbook backups list --target ${target.name}`,
    );
  const { directory } = target.backups;
  const ids = listBackups(directory)
    .filter(({ state }) => state !== 'incomplete')
    .map(({ id }) => id);
  if (ids.includes(reference)) return reference;
  try {
    return findBackup(directory, reference).id;
  } catch (error) {
    const message = (error as Error).message.replace(/: there (is|are) .*$/, '');
    throw new UsageError(
      [message, `Backups of ${target.name}:`, ...backupLines(target)].join('\n'),
      `runbook backups list --target ${target.name}`,
    );
  }
}
