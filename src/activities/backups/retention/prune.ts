import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupId } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { permanent } from '../../../os/failure.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { at, removePlace } from '../../../os/files/held/places.ts';
import { stampsInUse } from '../../../state/stamps-in-use.ts';
import { authorsOf } from '../author/authors.ts';
import { isAhead } from '../catalogue/ahead.ts';
import { backupPaths, listBackups, readManifest } from '../catalogue/backup-store.ts';
import { type CatalogueEntry, catalogueOf, placesOf, whyUnread } from '../catalogue/catalogue.ts';
import { readPin } from '../catalogue/pin.ts';
import { quarantineOf } from '../raw-copies/raw-copies.ts';
import {
  type DatabaseRetention,
  planKeptDatabases,
  pruneKeptDatabases,
} from './prune-kept-databases.ts';
import {
  clearGoneCopies,
  type RawRetention,
  removeRawCopies,
  retainRawCopies,
} from './prune-raw-copies.ts';
import { type Held, type Judged, retain, type Retention } from './retention.ts';

/** What retention says of one directory of backups, or of the raw files that runs have put aside. */
export interface PlaceRetention extends Retention {
  readonly directory: string;
  /** These are no backups, and some of them lie beside the live database. */
  readonly raw?: true;
  /** Of databases beside the live one: that one, for people. */
  readonly server?: string;
  /** Why nobody knows what lies there: nothing is said of it, and nothing goes. */
  readonly unread?: string;
}

interface PrunedPlace {
  readonly directory: string;
  readonly raw?: true;
  readonly server?: string;
  readonly deleted: readonly Judged[];
  readonly kept: readonly Judged[];
  /** Why nothing is deleted here. */
  readonly refused?: string;
}

export interface Pruned {
  readonly changed: boolean;
  readonly places: readonly PrunedPlace[];
  /** One sentence for people. */
  readonly note: string;
}

/** A backup whose deletion has begun. No reader takes it for a backup any more. */
const GONE = /^\d{8}_\d{6}\.gone$/;

/** What would stay and what would go as of `now`: the same that `prune` does. Changes nothing. */
export async function planPrune(target: Target, now: string): Promise<PlaceRetention[]> {
  const { files, databases } = await planRaw(target, now);
  const none = files.keep.length + files.remove.length === 0;
  return [...planBackups(target, now), ...(none ? [] : [files]), ...(databases ? [databases] : [])];
}

interface PlannedRaw {
  readonly files: RawRetention & PlaceRetention;
  readonly databases: DatabaseRetention | undefined;
}

async function planRaw(target: Target, now: string): Promise<PlannedRaw> {
  const inUse = await stampsInUse(target);
  const held = placesOf(target.backups).flatMap((place) => heldIn(place, target));
  const circumstances = { inUse, backedUp: lastBackup(held, now), now };
  const directory = quarantineOf(target);
  return {
    files: { directory, raw: true, ...retainRawCopies(target, circumstances) },
    databases: await planKeptDatabases(target, circumstances),
  };
}

function planBackups(target: Target, now: string): PlaceRetention[] {
  return placesOf(target.backups).map((directory) => {
    const unread = whyUnread(directory);
    if (unread !== undefined) return { directory, keep: [], remove: [], unread };
    return { directory, ...retain(heldIn(directory, target), target.backups, now) };
  });
}

/**
 * Deletes what nothing keeps, in each place by itself, so that the copies on a second disk have a floor of their own. `own` is
 * the backup that run has just made: a place that does not have it loses nothing.
 *
 * Error: `NotSealed` when the run's own backup is no backup.
 */
export async function prune(
  target: Target,
  run: string,
  now: string,
  own: BackupId | undefined,
): Promise<Pruned> {
  const [first, ...others] = planBackups(target, now);
  if (own !== undefined && !hasMade(first!.directory, run, own))
    throw permanent(
      'NotSealed',
      `Nothing is deleted: "${run}" has not made backup "${own}" in "${first!.directory}"`,
    );
  const places = [
    pruneIn(first!),
    ...others.map((place) => {
      const { directory, keep, remove } = place;
      if (own === undefined || hasMade(directory, run, own)) return pruneIn(place);
      const refused = `Nothing is deleted in "${directory}": the copy of backup "${own}" is not there`;
      return { directory, deleted: [], kept: [...keep, ...remove], refused };
    }),
    ...(await pruneRaw(target, now)),
  ];
  const deleted = places.flatMap((place) => place.deleted);
  return { changed: deleted.length > 0, places, note: noteOf(places) };
}

/** Ends a deletion that was cut short, and answers which of the planned ones are no longer there: they cannot come back. */
export function finishPrune(
  target: Target,
  planned: readonly PlaceRetention[],
): { readonly changed: boolean; readonly deleted: readonly string[] } {
  const cleared = placesOf(target.backups).flatMap(clearGone);
  const clearedRaw = clearGoneCopies(target);
  const deleted = planned.flatMap(({ directory, remove }) =>
    remove
      // Whether one on a server is gone is for the next one who prunes to see.
      .filter(({ database }) => database === undefined)
      .filter(({ id, files }) => !isThere(files?.[0] ?? backupPaths(directory, id).final))
      .map(({ id, files }) => (files ? `raw files ${id}` : id)),
  );
  return { changed: cleared.length > 0 || clearedRaw, deleted: [...new Set(deleted)] };
}

/** What nothing keeps of the raw files, and of databases on the server. No place when there are none at all. */
async function pruneRaw(target: Target, now: string): Promise<PrunedPlace[]> {
  const { files, databases } = await planRaw(target, now);
  removeRawCopies(target, files.remove);
  const none = files.keep.length + files.remove.length === 0;
  const { directory } = files;
  return [
    ...(none ? [] : [{ directory, raw: true as const, deleted: files.remove, kept: files.keep }]),
    ...(databases ? [await pruneKeptDatabases(target, databases)] : []),
  ];
}

/** First all lose their name, which a reader understands at any moment; then what is behind the names goes. */
function pruneIn({ directory, keep, remove, unread }: PlaceRetention): PrunedPlace {
  if (unread !== undefined) {
    const refused = `Nothing is deleted in "${directory}", which cannot be read: ${unread}`;
    return { directory, deleted: [], kept: [], refused };
  }
  for (const { id } of remove) {
    const { final } = backupPaths(directory, id);
    removePlace(`${final}.gone`);
    renameSync(final, `${final}.gone`);
  }
  if (remove.length > 0) syncDirectory(at(directory));
  const begun = clearGone(directory).filter((id) => !remove.some((one) => one.id === id));
  return { directory, deleted: [...remove, ...begun.map(begunBefore)], kept: keep };
}

/** Deletes what has lost its name, also by an attempt that was killed. Answers their ids. */
function clearGone(directory: string): BackupId[] {
  const place = at(directory);
  const gone = existsSync(place) ? readdirSync(place).filter((name) => GONE.test(name)) : [];
  for (const name of gone) removePlace(join(place, name));
  if (gone.length > 0) syncDirectory(place);
  return gone.map((name) => name.replace('.gone', ''));
}

function begunBefore(id: BackupId): Judged {
  return { id, state: 'verified', bytes: 0, reason: 'its deletion had begun before' };
}

function noteOf(places: readonly PrunedPlace[]): string {
  const several = places.filter(({ raw }) => !raw).length > 1;
  return places
    .map(({ directory, deleted, kept, refused, raw, server }) => {
      const ids = deleted.map(({ id }) => id).join(', ');
      const where = server
        ? ' on the server'
        : raw
          ? ' of raw files'
          : several
            ? ` in "${directory}"`
            : '';
      return (
        refused ?? `${deleted.length} deleted${ids && ` (${ids})`}, ${kept.length} kept${where}`
      );
    })
    .join('; ');
}

function heldIn(directory: string, target: Target): Held[] {
  const { name, backups } = target;
  const disputed = new Set(
    catalogueOf(target)
      .backups.filter(isDisputed)
      .map(({ id }) => id),
  );
  return listBackups(directory, authorsOf(target)).map((entry) => ({
    ...entry,
    ...(entry.takenAt === undefined ? { ours: false } : wholeOf(entry.id)),
    pin: readPin(backups, entry.id),
    ...(disputed.has(entry.id) && { disputed: true as const }),
  }));

  function wholeOf(id: BackupId): Pick<Held, 'ours' | 'base'> {
    const { target: whose, base } = manifestIn(directory, id);
    return { ours: whose === name, ...(base && { base: base.id }) };
  }
}

function isDisputed({ state }: CatalogueEntry): boolean {
  return state === 'disputed';
}

/** When the newest verified backup of the live database was taken, in ms since 1970. */
function lastBackup(held: readonly Held[], now: string): number | undefined {
  return held
    .filter((one) => one.ours && one.state === 'verified' && one.class !== 'pre-recovery')
    .flatMap(({ takenAt }) => takenAt ?? [])
    .filter((takenAt) => !isAhead(takenAt, Date.parse(now)))
    .map((takenAt) => Date.parse(takenAt))
    .toSorted((a, b) => b - a)[0];
}

function hasMade(directory: string, run: string, id: BackupId): boolean {
  const entry = listBackups(directory).find((one) => one.id === id);
  return entry?.state === 'verified' && manifestIn(directory, id).run === run;
}

function manifestIn(directory: string, id: BackupId) {
  return readManifest(id, backupPaths(directory, id).manifest);
}
