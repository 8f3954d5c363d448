import type { ApplicationFailure } from '@temporalio/common';
import { BackupReference } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/target.ts';
import { type Backup, listBackups, readBackup } from './backup-store.ts';
import { permanent } from '../failure.ts';

const SHOWN = 5;

/** The backup that people mean, from the second disk when the first has no sound one. */
export function findOnAnyDisk(
  { directory, copy }: Pick<Target['backups'], 'directory' | 'copy'>,
  reference: BackupReference,
): Backup {
  try {
    return findBackup(directory, reference);
  } catch (error) {
    if (copy === undefined || (error as ApplicationFailure).type === 'InvalidInput') throw error;
    try {
      return findBackup(copy, reference);
    } catch {
      throw error;
    }
  }
}

/**
 * The backup that people mean, of one directory. `latest` and `before` mean the newest that was taken as a backup: what a
 * recovery kept is the database that somebody chose to leave, so it is found by its id only.
 */
export function findBackup(directory: string, reference: BackupReference): Backup {
  const parsed = BackupReference.safeParse(reference);
  // Before anything else: no reference may lead out of the directory.
  if (!parsed.success)
    throw permanent('InvalidInput', `${parsed.error.issues[0]?.message}: got "${reference}"`);

  const present = listBackups(directory).filter(({ state }) => state !== 'incomplete');
  const id = isId(parsed.data) ? parsed.data : newest();
  if (id === undefined || !present.some((backup) => backup.id === id)) throw notFound();
  return readBackup(directory, id);

  function newest(): string | undefined {
    const before = parsed.data === 'latest' ? Infinity : timeIn(parsed.data!);
    return present.find(
      ({ state, class: kind, takenAt }) =>
        state === 'verified' && kind !== 'pre-recovery' && Date.parse(takenAt!) < before,
    )?.id;
  }

  function notFound(): Error {
    const ids = present.slice(0, SHOWN).map((backup) => backup.id);
    const there = ids.length > 0 ? `there are ${ids.join(', ')}` : 'there are none';
    return permanent(
      'BackupNotFound',
      `Cannot find backup "${reference}" in "${directory}": ${there}`,
    );
  }
}

function isId(reference: BackupReference): boolean {
  return reference !== 'latest' && !reference.startsWith('before ');
}

function timeIn(reference: string): number {
  return Date.parse(reference.slice('before '.length));
}
