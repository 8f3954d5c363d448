import { copyFileSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Stamp } from '../../../../config/time/stamp.ts';
import { syncDirectory, syncFile } from '../../../../os/files/durable-files.ts';
import { hasNoLinks, isSameFile, isThere } from '../../../../os/files/file-facts.ts';
import type { Kept, Verdict } from '../../driver.ts';
import { checkpoint } from '../file/checkpoint.ts';
import { databaseNames } from '../file/database-files.ts';
import { sidecarsOf } from '../../../../os/files/sqlite-sidecars.ts';
import { isDamage } from '../file/errors.ts';
import { expectUnopened } from '../file/openers.ts';
import { moveSidecars } from './leftovers.ts';

/** Gives the live database files a second name, and leaves the main file where it is, ready to be replaced. */
export function keep(file: string, stamp: Stamp, verdict: Verdict): Kept {
  const { live, kept } = databaseNames(file, stamp);
  expectUnopened(live);
  const first = !isThere(kept);
  // What is live is no longer what was kept: it has been replaced since.
  if (!first && isThere(live) && !isUnswapped(file, stamp)) return { file: kept, changed: false };

  if (first && verdict === 'sound') checkpointUnlessDamaged(live);
  if (first && isThere(live)) linkWhole(live, kept);
  const moved = moveSidecars(live, kept);
  syncDirectory(dirname(live));

  const name = isThere(kept) ? kept : sidecarsOf(kept)[0];
  return { ...(name !== undefined && { file: name }), changed: moved || (first && isThere(kept)) };
}

/** Takes back `keep`. After the swap there is nothing to take back. */
export function unkeep(file: string, stamp: Stamp): { readonly changed: boolean } {
  const { live, kept } = databaseNames(file, stamp);
  const begun = [kept, `${kept}.part`].some(isThere) || sidecarsOf(kept).length > 0;
  if (!begun || !isUnswapped(file, stamp)) return { changed: false };
  // Sidecars that had no main file do not belong to one that came since.
  if (isThere(live) && !isThere(kept) && sidecarsOf(kept).length > 0) return { changed: false };

  expectUnopened(live);
  moveSidecars(kept, live);
  rmSync(`${kept}.part`, { force: true });
  if (isThere(live)) rmSync(kept, { force: true });
  else if (isThere(kept)) renameSync(kept, live);
  syncDirectory(dirname(live));
  return { changed: true };
}

/** Whether the live name still holds what it held before this run: then the staged copy was not used, or is not there yet. */
export function isUnswapped(file: string, stamp: Stamp): boolean {
  const { live, kept, staged } = databaseNames(file, stamp);
  return !isThere(live) || isSameFile(live, kept) || isThere(staged);
}

/** What cannot be checkpointed is kept raw: nothing is lost by that. */
function checkpointUnlessDamaged(live: string): void {
  if (sidecarsOf(live).length === 0) return;
  try {
    checkpoint(live);
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
}

function linkWhole(live: string, kept: string): void {
  // A directory in its place has no second name: it goes itself.
  if (!statSync(live).isFile()) return renameSync(live, kept);
  try {
    linkSync(live, kept);
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    const part = `${kept}.part`;
    copyFileSync(live, part);
    syncFile(part);
    renameSync(part, kept);
  }
}
