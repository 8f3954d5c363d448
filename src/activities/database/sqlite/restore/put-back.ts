import { linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { permanent } from '../../../../os/failure.ts';
import { syncDirectory } from '../../../../os/files/durable-files.ts';
import { hasNoLinks, isSameFile, isThere } from '../../../../os/files/file-facts.ts';
import { databaseNames } from '../file/database-files.ts';
import { sidecarsOf } from '../../../../os/files/sqlite-sidecars.ts';
import { expectUnopened } from '../file/openers.ts';
import { isUnswapped, unkeep } from './keep.ts';
import { moveSidecars } from './leftovers.ts';

/**
 * Brings back what was live before the swap. Rows may have been written to the restored set: it is kept.
 *
 * Every state between two calls tells what comes next, and no sidecar ever lies beside another's main file:
 * the restored sidecars leave, the restored file gets its new name, the old file replaces it, its sidecars follow.
 */
export function putBack(file: string, stamp: Stamp): { readonly changed: boolean } {
  const { live, kept, undone } = databaseNames(file, stamp);
  expectUnopened(live);
  const begun = isThere(undone) || sidecarsOf(undone).length > 0;
  if (!begun && isUnswapped(file, stamp)) return unkeep(file, stamp);
  if (isThere(undone) && !isThere(kept) && !isSameFile(live, undone))
    return followSidecars(live, kept);

  if (isThere(live)) {
    if (isThere(undone) && !isSameFile(live, undone))
      throw permanent('UndoneExists', `Cannot keep "${live}": "${undone}" is another database`);
    moveSidecars(live, undone);
    linkOrRename(live, undone);
    syncDirectory(dirname(live));
  }
  if (isThere(kept)) replace(kept, live);
  else rmSync(live, { force: true });
  followSidecars(live, kept);
  return { changed: true };
}

/** The old main file is in its place, or there never was one. */
function followSidecars(live: string, kept: string): { readonly changed: boolean } {
  const changed = moveSidecars(kept, live);
  syncDirectory(dirname(live));
  return { changed };
}

/** With links the live name is never without a file, so nothing that starts meanwhile makes an empty one. */
function linkOrRename(live: string, undone: string): void {
  if (isThere(undone)) return;
  try {
    linkSync(live, undone);
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    renameSync(live, undone);
  }
}

function replace(kept: string, live: string): void {
  // A directory that lay there before does not replace a file.
  if (!statSync(kept).isFile()) rmSync(live, { force: true });
  renameSync(kept, live);
}
