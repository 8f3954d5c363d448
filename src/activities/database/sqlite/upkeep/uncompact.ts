import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { syncDirectory } from '../../../../os/files/durable-files.ts';
import { removeStartingWith } from '../../../../os/files/remove-starting-with.ts';
import type { Uncompacted } from '../../upkeep-results.ts';
import { databaseNames } from '../file/database-files.ts';
import { sidecarsOf } from '../../../../os/files/sqlite-sidecars.ts';
import { expectUnopened } from '../file/openers.ts';
import { unkeep } from '../restore/keep.ts';
import { isCompacted, isUntouched } from './compacted.ts';

/** Brings the database from before back, unless the application has written to the compact copy: then that would lose rows. */
export function uncompact(file: string, stamp: Stamp): Uncompacted {
  const { live, staged, kept } = databaseNames(file, stamp);
  if (!isCompacted(file, stamp)) {
    const { changed } = unkeep(file, stamp);
    removeStartingWith(staged);
    syncDirectory(dirname(live));
    return { changed };
  }
  expectUnopened(live);
  if (!isUntouched(file, stamp)) return { changed: false, kept };
  // An application that only read left an empty log and its index.
  for (const sidecar of sidecarsOf(live)) rmSync(sidecar);
  renameSync(kept, live);
  syncDirectory(dirname(live));
  return { changed: true };
}

/** Removes the database from before, once the application has proven to work on the compact copy. */
export function dropKept(file: string, stamp: Stamp): { readonly changed: boolean } {
  if (!isCompacted(file, stamp)) return { changed: false };
  const { live, kept } = databaseNames(file, stamp);
  rmSync(kept);
  syncDirectory(dirname(live));
  return { changed: true };
}
