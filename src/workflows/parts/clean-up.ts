import type { StepSystems } from '../../activities/index.ts';
import type { Unfinished } from '../../state/claim-database.ts';

type Systems = Pick<StepSystems, 'backups' | 'database' | 'drill' | 'files'>;
interface Changed {
  readonly changed: boolean;
}

/** Gives the target its own files and its own database back, where a terminated run had put them aside. */
export async function bringBack(
  { files, database }: Pick<Systems, 'files' | 'database'>,
  { stamp }: Unfinished,
): Promise<Changed> {
  const filesBack = await files.cleanUp(stamp);
  const databaseBack = await database.cleanUp(stamp);
  return { changed: filesBack.changed || databaseBack.changed };
}

/** Removes what a terminated run was making. */
export async function removeIncomplete(
  { backups, drill }: Pick<Systems, 'backups' | 'drill'>,
  { run, stamp }: Unfinished,
): Promise<Changed> {
  const discarded = await backups.discard(stamp, run);
  const cleaned = await drill.clean(stamp);
  return { changed: discarded.changed || cleaned.changed };
}

/**
 * Cleans up after terminated runs, whatever they were and whoever had started them: each activity finds by the stamp what there
 * is of it, and changes nothing where there is nothing.
 */
export async function cleanUp(systems: Systems, unfinished: readonly Unfinished[]): Promise<void> {
  for (const one of unfinished) {
    await bringBack(systems, one);
    await removeIncomplete(systems, one);
  }
}
