import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { inMebibytes } from '../../os/files/disk-space.ts';

export interface Disk {
  /** One place of the target that lies on it. */
  readonly place: string;
  /** The share that is used, as `df` reckons it, from 0 to 1. */
  readonly used: number;
  /** What this user may still write. */
  readonly available: number;
  /** The share of its inodes that is used: without a free one, no file can be made. */
  readonly inodes: number;
  /** Nothing can be written any more. */
  readonly full: boolean;
  readonly note: string;
}

/** SQLite and a log need some to write at all. */
const NEXT_TO_NOTHING = 1024 * 1024;

/** Every disk on which the target lies, once. */
export function disksOf({ directory, database, state, backups }: Target): Disk[] {
  const places = [dirname(database.file), directory, state, backups.directory, backups.copy ?? []]
    .flat()
    .map(nearest);
  const seen = new Set<number>();
  return places.filter((place) => isNew(statSync(place).dev)).map(inspect);

  function isNew(device: number): boolean {
    const before = seen.size;
    return seen.add(device).size > before;
  }
}

function inspect(place: string): Disk {
  const { blocks, bfree, bavail, bsize, files, ffree } = statfsSync(place);
  const taken = blocks - bfree;
  const used = taken / Math.max(1, taken + bavail);
  const available = bavail * bsize;
  // Some file systems make inodes as they are needed, and say 0.
  const inodes = files > 0 ? (files - ffree) / files : 0;
  const full = available < NEXT_TO_NOTHING || (files > 0 && ffree === 0);
  const note = `"${place}" ${percent(used)} used, ${inMebibytes(available)} left, inodes ${percent(inodes)} used`;
  return { place, used, available, inodes, full, note };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function nearest(place: string): string {
  return existsSync(place) ? place : nearest(dirname(place));
}
