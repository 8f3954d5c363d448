import { renameSync } from 'node:fs';
import { ApplicationFailure } from '@temporalio/common';
import type { BackupId } from '../../../config/backup-id.ts';
import { countText } from '../../../config/text/count-text.ts';
import { timeOf } from '../../../config/time/stamp.ts';
import type { Target } from '../../../config/schema/target.ts';
import { permanent } from '../../../os/failure.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { at, atOurs, makePlace, removePlace, withPlaces } from '../../../os/files/held/places.ts';
import { ArchiveName } from '../../artefact/manifest.ts';
import { isAhead } from '../../backups/catalogue/ahead.ts';
import { backupPaths, readBackup } from '../../backups/catalogue/backup-store.ts';
import { keyOf, listedBackups } from '../bucket/listed-backups.ts';
import { type Bucket, withBucket } from '../bucket/open-bucket.ts';
import { download } from './download.ts';
import { type Candidate, draftOf, readCandidate } from './read-candidate.ts';

export interface Fetched {
  readonly id: BackupId;
  readonly takenAt: string;
  readonly directory: string;
  /** Over the line, now. */
  readonly bytes: number;
  /** False: it was here, whole, before. */
  readonly changed: boolean;
  readonly by?: string;
}

export interface FetchOptions {
  /** Default: the newest that may be believed. */
  readonly id?: BackupId | undefined;
  readonly onProgress: (line: string) => void;
  /** Gives what is whole its name, while no run acts on the target. */
  readonly place: (id: BackupId, work: () => void) => Promise<void>;
}

/** So many backups that are believed are searched for the files that go with the newest. */
const MAX_SEARCHED = 40;
/** And so many are read at all, at 1 to 3 requests each: whoever took the key that sends can put more there, and nobody can remove them. */
const MAX_READ = 1000;

/**
 * Brings the newest backup from the bucket, and of those before it the newest that has each archive of files: all that a system recovery
 * needs. Errors: `BackupNotFound`, `BackupDamaged`, `Refused`, `NoSpace`, those of a bucket.
 */
export async function fetchBackups(target: Target, options: FetchOptions): Promise<Fetched[]> {
  return withPlaces(() => {
    makePlace(target.backups.directory, 0o700);
    return withBucket(target, async (bucket) => {
      const listed = await listedBackups(bucket);
      const chosen = await choose(target, bucket, listed, options);
      const done: Fetched[] = [];
      for (const one of chosen) done.push(await fetch(target, bucket, one, options));
      return done;
    });
  });
}

async function choose(
  target: Target,
  bucket: Bucket,
  all: readonly BackupId[],
  { id, onProgress }: FetchOptions,
): Promise<Candidate[]> {
  const where = `"${bucket.place}"`;
  const listed = id === undefined ? all.filter((one) => !isLater(one)) : all;
  const there = listed.length > 0 ? `there are ${listed.slice(0, 5).join(', ')}` : 'there are none';
  if (id !== undefined && !listed.includes(id))
    throw permanent('BackupNotFound', `Cannot find backup "${id}" in ${where}: ${there}`);
  const later = all.length - listed.length;
  const ahead = `${countText(later, 'backup')} dated ahead of this clock`;
  if (later > 0) onProgress(`Passed over ${ahead}, ${all[0]} the last of them`);
  const wanted = new Set<ArchiveName>(ArchiveName.options);
  const chosen: Candidate[] = [];
  let believed = 0;
  const before = id === undefined ? listed : listed.slice(listed.indexOf(id));
  for (const one of before.slice(0, MAX_READ)) {
    const candidate = await read(one);
    if (candidate === undefined) continue;
    const brings = candidate.manifest.archives.filter(({ name }) => wanted.delete(name));
    if (chosen.length === 0 || brings.length > 0) chosen.push(candidate);
    else removePlace(candidate.draft);
    believed += 1;
    if (wanted.size === 0 || believed === MAX_SEARCHED) break;
  }
  if (chosen.length > 0) return chosen;
  throw permanent(
    'BackupNotFound',
    `Cannot find a backup to believe in ${where}: ${there}${later > 0 ? `, and ${ahead}` : ''}`,
  );

  /** Undefined: it is passed over. One that is asked for by its id is refused. */
  async function read(one: BackupId): Promise<Candidate | undefined> {
    const found = await readCandidate(target, bucket, one).catch((error: unknown) => {
      // One that cannot be read keeps nobody from those before it.
      if (one === id || !isUnfit(error)) throw error;
      return error.message;
    });
    const why = typeof found === 'string' ? found : whyNot(found, id);
    if (why === undefined && typeof found !== 'string') return found;
    removePlace(draftOf(target, one));
    if (one === id) throw permanent('Refused', `Backup "${id}" in ${where} is not taken: ${why}`);
    onProgress(`Passed over ${one}: ${why}`);
    return undefined;
  }
}

/** By its name alone, so that nothing is asked for: any number of them can be put there by whoever took the key that sends. */
function isLater(id: BackupId): boolean {
  const time = timeOf(id);
  return Number.isNaN(time) || isAhead(new Date(time).toISOString());
}

function isUnfit(error: unknown): error is ApplicationFailure {
  if (!(error instanceof ApplicationFailure)) return false;
  return error.type === 'BackupDamaged' || error.type === 'BackupNotFound';
}

function whyNot(
  { doubt, manifest, id }: Candidate,
  asked: BackupId | undefined,
): string | undefined {
  if (doubt !== undefined) return doubt;
  if (id === asked) return undefined;
  if (manifest.class === 'pre-recovery') return 'a recovery has put it aside';
  return isAhead(manifest.takenAt) ? 'it is dated ahead of this clock' : undefined;
}

async function fetch(
  target: Target,
  bucket: Bucket,
  { id, manifest, draft, by }: Candidate,
  { onProgress, place }: FetchOptions,
): Promise<Fetched> {
  const { directory } = target.backups;
  const { final } = backupPaths(directory, id);
  const known = {
    id,
    takenAt: manifest.takenAt,
    directory: final,
    ...(by !== undefined && { by }),
  };
  if (isThere(final)) {
    readBackup(directory, id);
    removePlace(draft);
    return { ...known, bytes: 0, changed: false };
  }
  const files = [manifest.database, ...manifest.archives].map(({ stored }) => stored);
  expectSpaceFor(
    files.reduce((sum, stored) => sum + stored.bytes, 0),
    directory,
  );
  let bytes = 0;
  for (const stored of files) {
    onProgress(`${id}: ${stored.file}, ${countText(stored.bytes, 'byte')}`);
    const inside = { directory: atOurs(draft), stored };
    bytes += await download(bucket, keyOf(bucket, id, stored.file), inside);
  }
  syncDirectory(atOurs(draft));
  await place(id, () => {
    renameSync(draft, final);
    syncDirectory(at(directory));
  });
  readBackup(directory, id);
  return { ...known, bytes, changed: true };
}
