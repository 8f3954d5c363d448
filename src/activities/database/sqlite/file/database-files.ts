import type { Stamp } from '../../../../config/time/stamp.ts';
import { liveFile } from '../../../../os/files/live-file.ts';

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
