import { ApplicationFailure } from '@temporalio/common';
import { permanent } from '../../os/failure.ts';
import type { StoredDatabase } from '../artefact/manifest.ts';
import type { Staged } from './driver.ts';

/**
 * Stages a backup from the first of its places that is not damaged and can be read, by `stageOne`, and tells which were passed over. Errors:
 * those of `stageOne`; `BackupDamaged` where none is left.
 */
export async function stageFrom<Stored extends StoredDatabase>(
  backup: Stored,
  stageOne: (from: Stored) => Promise<Staged>,
): Promise<Staged> {
  const failures: string[] = [];
  for (const file of [backup.file, ...(backup.others ?? [])])
    try {
      const staged = await stageOne({ ...backup, file });
      return failures.length > 0 ? { ...staged, passedOver: failures.join('. ') } : staged;
    } catch (error) {
      if (!isOfItsCopy(error) || backup.others === undefined) throw error;
      failures.push(`"${file}" is not taken: ${error.message}`);
    }
  throw permanent('BackupDamaged', failures.join('. '));
}

function isOfItsCopy(error: unknown): error is ApplicationFailure {
  return (
    error instanceof ApplicationFailure &&
    ['BackupDamaged', 'BackupUnreadable'].includes(error.type ?? '')
  );
}
