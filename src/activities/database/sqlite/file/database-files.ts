import type { Stamp } from '../../../../config/time/stamp.ts';
import { isThere } from '../../../../os/files/file-facts.ts';
import { liveFile } from '../../../../os/files/live-file.ts';

/**
 * A database is several files: the main file and whatever lies beside it under these names. SQLite reads a
 * stale one into any main file of that name, so they are only ever moved together.
 */
export const SIDECARS = ['-wal', '-shm', '-journal'] as const;

/** Every name that a run gives to a database, beside the real live file. */
export interface DatabaseNames {
  readonly live: string;
  /** The proven copy of a backup, until it becomes the live file. */
  readonly staged: string;
  /** What was live before. */
  readonly kept: string;
  /** What had been restored, when the restore was undone. */
  readonly undone: string;
}

export function databaseNames(file: string, stamp: Stamp): DatabaseNames {
  const live = liveFile(file);
  return {
    live,
    staged: `${live}.staged-${stamp}`,
    kept: `${live}.pre-${stamp}`,
    undone: `${live}.undone-${stamp}`,
  };
}

/** The sidecars that lie beside `file` now, as full names. */
export function sidecarsOf(file: string): string[] {
  return SIDECARS.map((suffix) => `${file}${suffix}`).filter(isThere);
}
