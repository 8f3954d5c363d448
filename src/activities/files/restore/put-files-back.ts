import { existsSync, lstatSync, mkdirSync, readlinkSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { isSameFile, isThere } from '../../../os/files/file-facts.ts';
import { sha256OfPlain } from '../../../os/files/held/copy-plain.ts';
import { expectPlain } from '../../../os/files/held/open-plain.ts';
import { sha256Of } from '../../../os/files/sha256.ts';
import { databaseDriver } from '../../database/driver-for.ts';
import { atLivePlace } from '../draft/live-place.ts';
import { bringCopy, bringLink, partOf, setAside } from './bring.ts';
import { renewing } from './renewing.ts';
import { openRestoreDirectory, type Planned } from './restore-directory.ts';

export interface PutBack {
  readonly files: number;
  /** Those that were not there before stay: to take them away again would help nobody. So many, and the first of them. */
  readonly stayed: number;
  readonly first?: string;
  /** Where restored files lie that somebody had written to meanwhile. */
  readonly undone?: string;
  readonly changed: boolean;
}

/** Brings back what was live before, and removes nothing that had not been there. */
export function putFilesBack(target: Target, stamp: Stamp): PutBack {
  const restore = openRestoreDirectory(target, stamp);
  const progress = restore.progress();
  if (progress === undefined || progress === 'staged' || progress === 'kept')
    return { files: 0, stayed: 0, changed: false };
  const items = restore.items().filter(({ entry }) => entry.type !== 'directory');
  const kept = items.filter(({ entry }) => isThere(join(restore.old, entry.path)));
  const stayed = items.filter(
    (item) =>
      !kept.includes(item) && atLivePlace(target, item.entry, ({ about }) => about !== undefined),
  );
  if (progress !== 'back') {
    for (const { entry } of items)
      atLivePlace(target, entry, ({ file }) => rmSync(partOf(file, stamp), { force: true }));
    const places = items.map(({ entry }) => atLivePlace(target, entry, ({ named }) => named));
    renewing(target, places, () => {
      for (const item of kept) putOneBack(item);
    });
    restore.hasCome('back');
  }
  const first = stayed[0]?.entry.path;
  return {
    files: kept.length,
    stayed: stayed.length,
    ...(first !== undefined && { first }),
    ...(existsSync(restore.undone) && { undone: restore.undone }),
    changed: progress !== 'back',
  };

  function putOneBack({ entry, sha256 }: Planned): void {
    const aside = join(restore.old, entry.path);
    atLivePlace(target, entry, ({ file }) => {
      if (entry.type === 'link') return bringLink(readlinkSync(aside), file, stamp);
      if (isSame(file, aside)) return;
      if (isThere(file) && sha256OfPlain(file) !== sha256) keepUndone(file, entry.path);
      bringCopy(aside, file, stamp);
    });
  }

  function keepUndone(file: string, path: string): void {
    const undone = join(restore.undone, path);
    mkdirSync(dirname(undone), { recursive: true, mode: 0o700 });
    if (isThere(undone)) return;
    expectPlain(file);
    setAside(file, undone);
  }
}

/** Removes what a run has made, as far as nobody needs it any more: what was kept goes only once it is back in its place. */
export function discardFiles(target: Target, stamp: Stamp): { readonly changed: boolean } {
  const restore = openRestoreDirectory(target, stamp);
  if (!existsSync(restore.directory)) return { changed: false };
  const progress = restore.progress();
  const needed = progress === 'placing' || progress === 'placed' || existsSync(restore.undone);
  const doomed = needed ? restore.fresh : restore.directory;
  const changed = existsSync(doomed);
  rmSync(doomed, { recursive: true, force: true });
  syncDirectory(dirname(doomed));
  return { changed };
}

/** What became of the files of a run that was terminated. */
export interface CleanedUpFiles extends PutBack {
  /** All were in their places, and stay: where the files from before are. */
  readonly placed?: string;
}

/**
 * Puts right what a run left incomplete that can undo nothing any more. What it had placed in full stays, unless its database had
 * yet to follow: then the files from before come back to the database from before. Call it before the database is cleaned up.
 */
export async function cleanUpFiles(target: Target, stamp: Stamp): Promise<CleanedUpFiles> {
  const restore = openRestoreDirectory(target, stamp);
  const progress = restore.progress();
  // An attempt before may have been killed between what came back and what is discarded.
  const comesBack = progress === 'back' || (await isHalfDone(target, stamp));
  const back = comesBack ? putFilesBack(target, stamp) : { files: 0, stayed: 0, changed: false };
  const discarded = discardFiles(target, stamp);
  const stays = progress === 'placed' && !comesBack && existsSync(restore.old);
  const placed = stays ? restore.old : undefined;
  return {
    ...back,
    changed: back.changed || discarded.changed,
    ...(placed !== undefined && { placed }),
  };
}

/** Whether some of its files are in their places and the rest is not, or all of them are, and the database of the same run is not. */
export async function isHalfDone(target: Target, stamp: Stamp): Promise<boolean> {
  const progress = openRestoreDirectory(target, stamp).progress();
  if (progress === 'placed') return databaseDriver(target).isStaged(stamp);
  return progress === 'placing';
}

function isSame(file: string, aside: string): boolean {
  if (isSameFile(file, aside)) return true;
  // On two disks what was kept is a copy.
  const about = lstatSync(file, { throwIfNoEntry: false });
  return about !== undefined && about.isFile() && sha256OfPlain(file) === sha256Of(aside);
}
