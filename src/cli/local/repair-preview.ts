import { databaseFiles, databaseText } from '../../config/load/database-text.ts';
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { placesOf } from '../../activities/backups/catalogue/catalogue.ts';
import { databaseNames } from '../../activities/database/sqlite/file/database-files.ts';
import { isUnswapped } from '../../activities/database/sqlite/restore/keep.ts';
import { drillDirectory } from '../../activities/drill/drill-target.ts';
import { openRestoreDirectory } from '../../activities/files/restore/restore-directory.ts';
import { isFrozen } from '../../activities/runtime/frozen-note.ts';
import { runtimeActivities } from '../../activities/runtime/runtime-activities.ts';
import type { Target } from '../../config/schema/target.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { isThere } from '../../os/files/file-facts.ts';
import { readContainment } from '../../state/containment.ts';
import { readStopped } from '../../state/stopped.ts';

/** What of a run lies there, and what a repair does about it. */
export interface Remains {
  readonly files: readonly string[];
  /** Sentences. */
  readonly repair: readonly string[];
}

/** What a run of this stamp made or put aside, of every system that cleans up. Nothing is changed. */
export function remainsOf(target: Target, stamp: Stamp): Remains {
  const all = [database, files, dependencies, backups, drill].map((look) => look(target, stamp));
  return {
    files: all.flatMap((one) => one.files),
    repair: all.flatMap((one) => (one.files.length > 0 ? one.repair : [])),
  };
}

/** What the application does now, and what a repair does about that: a sentence. */
export async function applicationText(target: Target): Promise<string> {
  try {
    const contained = readContainment(target);
    const { running, detail } = await runtimeActivities(target).describe();
    if (contained) {
      const now = running ? 'It runs all the same: a repair stops it' : 'It stays down';
      return `The application is contained. ${now}. ${contained.note}`;
    }
    const stopped = readStopped(target);
    if (!running && stopped) return `The application is down, and stays so. ${stopped.note}`;
    if (!running) return 'The application is down: a repair starts it, and proves that it works';
    if (isFrozen(target)) return 'The application is held still: a repair lets it go on';
    return `The application runs (${detail}): a repair proves that it works`;
  } catch (error) {
    return `Nobody can tell whether the application runs: ${(error as Error).message}`;
  }
}

function database({ database }: Target, stamp: Stamp): Remains {
  const [file] = databaseFiles(database);
  if (file === undefined) return onServer(database, stamp);
  const { live, staged, kept } = databaseNames(file, stamp);
  const found = globSync(`${globbed(basename(live))}.*${stamp}*`, { cwd: dirname(live) });
  const back = isUnswapped(file, stamp)
    ? 'What was put aside of the database goes back to it'
    : `The restored database stays; the one from before is "${kept}"`;
  return {
    files: found.toSorted().map((name) => join(dirname(live), name)),
    repair: [
      ...(isThere(kept) || found.some((name) => name.includes('.pre-')) ? [back] : []),
      ...(isThere(staged) || found.some((name) => name.includes('.staged-'))
        ? ['The copy of a backup beside the database is removed']
        : []),
    ],
  };
}

/** What is on the server is looked at by the repair itself: here nobody is connected. */
function onServer(database: Target['database'], stamp: Stamp): Remains {
  return {
    files: [],
    repair: [
      `Databases on the server of ${databaseText(database)} that end in "_${stamp}" are put right`,
    ],
  };
}

function files(target: Target, stamp: Stamp): Remains {
  const restore = openRestoreDirectory(target, stamp);
  const sentences = {
    staged: 'Files that were to be restored are removed',
    kept: 'Files that were to be restored are removed',
    placing: 'Some files are replaced, and others are not: those from before come back',
    placed: `All files are replaced, and stay; those from before are in "${restore.old}"`,
    back: 'The files from before are back: what is left of the run is removed',
  } as const;
  return {
    files: isThere(restore.directory) ? [restore.directory] : [],
    repair: [sentences[restore.progress() ?? 'staged']],
  };
}

function dependencies({ state }: Target, stamp: Stamp): Remains {
  const list = join(state, 'dependencies', `${stamp}.txt`);
  return {
    files: isThere(list) ? [list] : [],
    repair: [
      'Dependencies that differ from that list are brought back, with the application stopped meanwhile',
    ],
  };
}

function backups(target: Target, stamp: Stamp): Remains {
  const found = placesOf(target.backups).flatMap((place) =>
    globSync(`{${stamp}.part,*.gone}`, { cwd: place }).map((name) => join(place, name)),
  );
  return { files: found, repair: ['Unfinished copies are removed, and begun deletions ended'] };
}

function drill(target: Target, stamp: Stamp): Remains {
  const directory = drillDirectory(target, stamp);
  return {
    files: isThere(directory) ? [directory] : [],
    repair: ['Its drill is ended, and the directory removed'],
  };
}

/** A name, for a pattern. */
function globbed(name: string): string {
  return name.replaceAll(/[[\]{}()*?!\\]/g, '\\$&');
}
