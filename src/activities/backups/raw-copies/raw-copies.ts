import { databaseFiles, databaseText } from '../../../config/load/database-text.ts';
import { existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { type Pin, readPinFile, removePinFile, writePinFile } from '../catalogue/pin.ts';

type Place = Pick<Target, 'database' | 'state'>;

/** Files of a database as they lay there: no backup, unproven, and mostly kept because something was wrong with them. */
export interface RawCopy {
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
export function listRawCopies(target: Place): RawCopy[] {
  return [...quarantined(target), ...besideLive(target)]
    .map((copy) => {
      const pin = pinOf(target, copy.id);
      return pin ? { ...copy, pin } : copy;
    })
    .toSorted((a, b) => b.id.localeCompare(a.id));
}

/** Who wants what has this stamp kept. */
export function pinOf(target: Pick<Target, 'state'>, id: Stamp): Pin | undefined {
  return readPinFile(pinFile(target, id));
}

/** Keeps whatever has this stamp; `also`: stamps of what lies elsewhere. Error: `BackupNotFound`. */
export function pinRawCopies(
  target: Place,
  id: Stamp,
  wish: Pin,
  also: readonly { readonly id: Stamp }[] = [],
): void {
  if (![...listRawCopies(target), ...also].some((copy) => copy.id === id))
    throw permanent(
      'BackupNotFound',
      `Cannot find raw files "${id}" of "${databaseText(target.database)}"`,
    );
  mkdirSync(quarantineOf(target), { recursive: true, mode: 0o700 });
  writePinFile(pinFile(target, id), wish);
}

export function unpinRawCopies(
  target: Pick<Target, 'state'>,
  id: Stamp,
): { readonly changed: boolean } {
  return removePinFile(pinFile(target, id));
}

/** Where `backups.quarantine` copies to. */
export function quarantineOf({ state }: Pick<Target, 'state'>): string {
  return join(state, 'quarantine');
}

function pinFile(target: Pick<Target, 'state'>, id: Stamp): string {
  return join(quarantineOf(target), `${id}.pin.json`);
}

function quarantined(target: Place): RawCopy[] {
  const directory = quarantineOf(target);
  return namesIn(directory)
    .filter((name) => Stamp.safeParse(name).success)
    .map((id) => {
      const copy = join(directory, id);
      return { id, sort: 'quarantine', files: [copy], bytes: bytesOf(copy) };
    });
}

/** `<db>.pre-<stamp>` and `<db>.undone-<stamp>`, each with its sidecars. */
function besideLive({ database }: Place): RawCopy[] {
  const [file] = databaseFiles(database);
  if (file === undefined) return [];
  const live = liveFile(file);
  const copies = new Map<string, RawCopy>();
  // The main file comes before its sidecars.
  for (const name of namesIn(dirname(live)).toSorted()) {
    if (!name.startsWith(`${basename(live)}.`)) continue;
    const [, word, id] = KEPT.exec(name.slice(basename(live).length)) ?? [];
    if (word === undefined || id === undefined) continue;
    const file = join(dirname(live), name);
    const { files = [], bytes = 0 } = copies.get(`${word} ${id}`) ?? {};
    copies.set(`${word} ${id}`, {
      id,
      sort: SORTS[word as keyof typeof SORTS],
      files: [...files, file] as [string, ...string[]],
      bytes: bytes + bytesOf(file),
    });
  }
  return [...copies.values()];
}

const KEPT = /^\.(pre|undone)-(\d{8}_\d{6})(?:-wal|-shm|-journal)?$/;

/** Of what lies there itself: a link is not gone after. */
function bytesOf(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found?.size ?? 0;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
