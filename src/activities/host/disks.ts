import { databaseFiles } from '../../config/load/database-text.ts';
import { dirname } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { inMebibytes } from '../../os/files/disk-space.ts';
import { diskOf, type SeenDisk } from './disk-of.ts';

export interface Disks {
  /** Each of them once. */
  readonly seen: readonly SeenDisk[];
  /** The places whose disks do not answer. */
  readonly hung: readonly string[];
}

/** SQLite and a log need some to write at all. In bytes. */
export const NEXT_TO_NOTHING = 1024 * 1024;

/** Every disk on which the target lies. All are asked at once, and none is waited for longer than `diskOf` does. */
export async function disksOf({ directory, database, state, backups }: Target): Promise<Disks> {
  const places = new Set(
    [
      databaseFiles(database).map(dirname),
      directory,
      state,
      backups.directory,
      backups.copy ?? [],
    ].flat(),
  );
  const asked = await Promise.all(
    [...places].map(async (place) => ({ place, disk: await diskOf(place) })),
  );
  const byDevice = new Map<string, SeenDisk>();
  for (const { disk } of asked)
    if (disk && !byDevice.has(disk.device)) byDevice.set(disk.device, disk);
  return {
    seen: [...byDevice.values()],
    hung: asked.filter(({ disk }) => !disk).map(({ place }) => place),
  };
}

/** Nothing can be written any more. */
export function isFull({ available, inodes }: SeenDisk): boolean {
  return available < NEXT_TO_NOTHING || inodes >= 1;
}

export function diskText({ place, used, available, inodes }: SeenDisk): string {
  return `"${place}" ${percent(used)} used, ${inMebibytes(available)} left, inodes ${percent(inodes)} used`;
}

export function hungText(place: string): string {
  return `The disk of "${place}" does not answer`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
