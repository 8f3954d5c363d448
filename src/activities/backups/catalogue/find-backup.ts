import type { ApplicationFailure } from '@temporalio/common';
import { BackupReference } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { permanent } from '../../../os/failure.ts';
import { isAhead } from './ahead.ts';
import { type Backup, type BackupEntry, listBackups, readBackup } from './backup-store.ts';

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
 * recovery kept is the database that somebody chose to leave, and one that is dated ahead was made under a wrong clock: both
 * are found by their id only.
 */
export function findBackup(directory: string, reference: BackupReference): Backup {
  const parsed = BackupReference.safeParse(reference);
  // Before anything else: no reference may lead out of the directory.
  if (!parsed.success)
    throw permanent('InvalidInput', `${parsed.error.issues[0]?.message}: got "${reference}"`);

  const present = listBackups(directory).filter(({ state }) => state !== 'incomplete');
  const id = isId(parsed.data) ? parsed.data : newest();
  if (id === undefined || !present.some((backup) => backup.id === id)) throw notFound();
  const found = readBackup(directory, id);
  const ahead = isId(parsed.data) ? [] : meant().filter(isOfTheFuture);
  return ahead.length > 0 ? { ...found, passedOver: aheadText(ahead) } : found;

  function newest(): string | undefined {
    return meant().find((entry) => !isOfTheFuture(entry))?.id;
  }

  /** Those that `latest` and `before` may mean, if their times are right. The newest first. */
  function meant(): BackupEntry[] {
    const before = parsed.data === 'latest' ? Infinity : timeIn(parsed.data!);
    return present.filter(
      ({ state, class: kind, takenAt }) =>
        state === 'verified' && kind !== 'pre-recovery' && Date.parse(takenAt!) < before,
    );
  }

  function notFound(): Error {
    const ids = present.slice(0, SHOWN).map((backup) => backup.id);
    const there = ids.length > 0 ? `there are ${ids.join(', ')}` : 'there are none';
    const ahead = present.filter(isOfTheFuture);
    const why = ahead.length > 0 ? ` (${aheadText(ahead)})` : '';
    return permanent(
      'BackupNotFound',
      `Cannot find backup "${reference}" in "${directory}"${why}: ${there}`,
    );
  }
}

function isOfTheFuture({ takenAt }: BackupEntry): boolean {
  return takenAt !== undefined && isAhead(takenAt);
}

function aheadText(ahead: readonly BackupEntry[]): string {
  const ids = ahead.slice(0, SHOWN).map(({ id }) => id);
  const [are, their] = ids.length > 1 ? ['are', 'their ids'] : ['is', 'its id'];
  return `${ids.join(', ')} ${are} dated ahead of this clock, so that only ${their} will do`;
}

function isId(reference: BackupReference): boolean {
  return reference !== 'latest' && !reference.startsWith('before ');
}

function timeIn(reference: string): number {
  return Date.parse(reference.slice('before '.length));
}
