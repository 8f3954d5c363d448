import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupId } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/target.ts';
import { permanent } from '../failure.ts';
import { syncDirectory } from '../files/durable-files.ts';
import { isThere } from '../sqlite/file/database-set.ts';
import { backupPaths, listBackups, readManifest } from './backup-store.ts';
import { readPin } from './pin.ts';
import { type Held, type Judged, retain, type Retention } from './retention.ts';

/** What retention says of one directory of backups. */
export interface PlaceRetention extends Retention {
  readonly directory: string;
}

interface PrunedPlace {
  readonly directory: string;
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
export function planPrune(target: Target, now: string): PlaceRetention[] {
  return placesOf(target).map((directory) => ({
    directory,
    ...retain(heldIn(directory, target), target.backups, now),
  }));
}

/**
 * Deletes what nothing keeps, in each place by itself, so that the copies on a second disk have a floor of their own. `own` is
 * the backup that run has just made: a place that does not have it loses nothing.
 *
 * Error: `NotSealed` when the run's own backup is no backup.
 */
export function prune(target: Target, run: string, now: string, own: BackupId | undefined): Pruned {
  const [first, ...others] = planPrune(target, now);
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
  ];
  const deleted = places.flatMap((place) => place.deleted);
  return { changed: deleted.length > 0, places, note: noteOf(places) };
}

/** Ends a deletion that was cut short, and tells which of the planned ones are no longer there: they cannot come back. */
export function finishPrune(
  target: Target,
  planned: readonly PlaceRetention[],
): { readonly changed: boolean; readonly deleted: readonly BackupId[] } {
  const cleared = placesOf(target).flatMap(clearGone);
  const deleted = planned.flatMap(({ directory, remove }) =>
    remove.map(({ id }) => id).filter((id) => !isThere(backupPaths(directory, id).final)),
  );
  return { changed: cleared.length > 0, deleted: [...new Set(deleted)] };
}

/** First all lose their name, which a reader understands at any moment; then what is behind the names goes. */
function pruneIn({ directory, keep, remove }: PlaceRetention): PrunedPlace {
  for (const { id } of remove) {
    const { final } = backupPaths(directory, id);
    rmSync(`${final}.gone`, { recursive: true, force: true });
    renameSync(final, `${final}.gone`);
  }
  if (remove.length > 0) syncDirectory(directory);
  const begun = clearGone(directory).filter((id) => !remove.some((one) => one.id === id));
  return { directory, deleted: [...remove, ...begun.map(begunBefore)], kept: keep };
}

/** Deletes what has lost its name, also by an attempt that was killed. Answers their ids. */
function clearGone(directory: string): BackupId[] {
  const gone = existsSync(directory)
    ? readdirSync(directory).filter((name) => GONE.test(name))
    : [];
  for (const name of gone) rmSync(join(directory, name), { recursive: true, force: true });
  if (gone.length > 0) syncDirectory(directory);
  return gone.map((name) => name.replace('.gone', ''));
}

function begunBefore(id: BackupId): Judged {
  return { id, state: 'verified', bytes: 0, reason: 'its deletion had begun before' };
}

function noteOf(places: readonly PrunedPlace[]): string {
  return places
    .map(({ directory, deleted, kept, refused }) => {
      const ids = deleted.map(({ id }) => id).join(', ');
      const where = places.length > 1 ? ` in "${directory}"` : '';
      return (
        refused ?? `${deleted.length} deleted${ids && ` (${ids})`}, ${kept.length} kept${where}`
      );
    })
    .join('; ');
}

function placesOf({ backups }: Target): string[] {
  return [backups.directory, ...(backups.copy === undefined ? [] : [backups.copy])];
}

function heldIn(directory: string, { name, backups }: Target): Held[] {
  return listBackups(directory).map((entry) => ({
    ...entry,
    ours: entry.takenAt !== undefined && manifestIn(directory, entry.id).target === name,
    // Who pins a backup means its copy, too.
    pin: readPin(directory, entry.id) ?? readPin(backups.directory, entry.id),
  }));
}

function hasMade(directory: string, run: string, id: BackupId): boolean {
  const entry = listBackups(directory).find((one) => one.id === id);
  return entry?.state === 'verified' && manifestIn(directory, id).run === run;
}

function manifestIn(directory: string, id: BackupId) {
  return readManifest(id, backupPaths(directory, id).manifest);
}
