import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { type Pin, readPinFile, removePinFile, writePinFile } from '../catalogue/pin.ts';

type Place = Pick<Target, 'database' | 'state'>;

/** Files of a database as they lay there: no backup, unproven, and mostly kept because something was wrong with them. */
export interface RawSet {
  /** The stamp of the run that put them there. */
  readonly id: Stamp;
  readonly sort: 'quarantine' | 'replaced' | 'undone';
  /** The first is a directory, or the main file if there is one; its sidecars follow. */
  readonly files: readonly [string, ...string[]];
  readonly bytes: number;
  readonly pin?: Pin;
}

const SORTS = { pre: 'replaced', undone: 'undone' } as const;

/** All that runs have put aside of the target's database. The newest first. */
export function listRawSets(target: Place): RawSet[] {
  return [...quarantined(target), ...besideLive(target)]
    .map((set) => {
      const pin = readPinFile(pinFile(target, set.id));
      return pin ? { ...set, pin } : set;
    })
    .toSorted((a, b) => b.id.localeCompare(a.id));
}

/** Keeps whatever has this stamp. Error: `BackupNotFound`. */
export function pinRawSets(target: Place, id: Stamp, wish: Pin): void {
  if (!listRawSets(target).some((set) => set.id === id))
    throw permanent('BackupNotFound', `Cannot find raw files "${id}" of "${target.database.file}"`);
  mkdirSync(quarantineOf(target), { recursive: true, mode: 0o700 });
  writePinFile(pinFile(target, id), wish);
}

export function unpinRawSets(target: Place, id: Stamp): { readonly changed: boolean } {
  return removePinFile(pinFile(target, id));
}

/** Where `sqlite.quarantine` copies to. */
export function quarantineOf({ state }: Pick<Target, 'state'>): string {
  return join(state, 'quarantine');
}

function pinFile(target: Place, id: Stamp): string {
  return join(quarantineOf(target), `${id}.pin.json`);
}

function quarantined(target: Place): RawSet[] {
  const directory = quarantineOf(target);
  return namesIn(directory)
    .filter((name) => Stamp.safeParse(name).success)
    .map((id) => {
      const set = join(directory, id);
      return { id, sort: 'quarantine', files: [set], bytes: bytesOf(set) };
    });
}

/** `<db>.pre-<stamp>` and `<db>.undone-<stamp>`, each with its sidecars. */
function besideLive({ database }: Place): RawSet[] {
  const live = liveFile(database.file);
  const sets = new Map<string, RawSet>();
  // The main file comes before its sidecars.
  for (const name of namesIn(dirname(live)).toSorted()) {
    if (!name.startsWith(`${basename(live)}.`)) continue;
    const [, word, id] = KEPT.exec(name.slice(basename(live).length)) ?? [];
    if (word === undefined || id === undefined) continue;
    const file = join(dirname(live), name);
    const { files = [], bytes = 0 } = sets.get(`${word} ${id}`) ?? {};
    sets.set(`${word} ${id}`, {
      id,
      sort: SORTS[word as keyof typeof SORTS],
      files: [...files, file] as [string, ...string[]],
      bytes: bytes + bytesOf(file),
    });
  }
  return [...sets.values()];
}

const KEPT = /^\.(pre|undone)-(\d{8}_\d{6})(?:-wal|-shm|-journal)?$/;

function bytesOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found?.size ?? 0;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
