import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BackupId } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { at } from '../../../os/files/held/places.ts';
import { decrypted } from '../../artefact/age.ts';
import { bytesOf } from '../../artefact/bytes.ts';
import { type Key, readKey } from '../../artefact/key.ts';
import { Manifest, MOST_BYTES } from '../../artefact/manifest.ts';
import { readPlain } from '../../artefact/plain-file.ts';
import { type Authors, authorsOf, firstUseFile, isEncrypted } from './authors.ts';

/** Sha256 of the manifests that lay in a place, by id. */
const FirstUse = z.strictObject({
  at: z.iso.datetime(),
  place: z.string(),
  manifests: z.record(BackupId, z.string()),
});

/** Undefined: nothing was signed for this place yet. */
export function readFirstUse(
  { keys }: Pick<Authors, 'keys'>,
  place: string,
): ReadonlyMap<BackupId, string> | undefined {
  const file = firstUseFile(keys, place);
  if (!isThere(file)) return undefined;
  try {
    const { manifests } = FirstUse.parse(JSON.parse(readFileSync(file, 'utf8')));
    return new Map(Object.entries(manifests));
  } catch {
    return new Map(); // What cannot be read speaks for nobody.
  }
}

/**
 * Before the first backup of a place is signed: keeps which encrypted ones our key opens there. Who does not have it cannot make such a
 * file, so that an update, or a new host with the old key, locks nobody out of older backups.
 */
export async function beginSigning(target: Target, places: readonly string[]): Promise<void> {
  const { keys } = authorsOf(target);
  const open = places.filter((place) => !isThere(firstUseFile(keys, place)));
  if (open.length === 0) return;
  const key = await readKey(target);
  ensurePrivate(keys);
  for (const place of open) {
    const manifests: Record<BackupId, string> = {};
    for (const id of key ? idsIn(place) : [])
      if (await isOfKey(join(at(place), id), key!))
        manifests[id] = createHash('sha256')
          .update(manifestIn(join(at(place), id)))
          .digest('hex');
    const found: z.infer<typeof FirstUse> = { at: new Date().toISOString(), place, manifests };
    writeDurably(firstUseFile(keys, place), `${JSON.stringify(found, undefined, 2)}\n`);
  }
}

function idsIn(place: string): BackupId[] {
  return isThere(at(place))
    ? readdirSync(at(place)).filter((name) => BackupId.safeParse(name).success)
    : [];
}

/** The newest by its id, in one place. What cannot be read as a backup is passed over. */
export function newestEncrypted(place: string): Manifest | undefined {
  for (const id of idsIn(place).toSorted().toReversed()) {
    try {
      const manifest = parsed(join(at(place), id));
      if (isEncrypted(manifest)) return manifest;
    } catch {
      // The list tells what is wrong with it.
    }
  }
  return undefined;
}

function parsed(directory: string): Manifest {
  return Manifest.parse(JSON.parse(manifestIn(directory).toString('utf8')));
}

function manifestIn(directory: string): Buffer {
  return readPlain(join(directory, 'manifest.json'), MOST_BYTES).bytes;
}

async function isOfKey(directory: string, key: Key): Promise<boolean> {
  try {
    const manifest = parsed(directory);
    if (!isEncrypted(manifest)) return false;
    for (const { stored } of [manifest.database, ...manifest.archives]) {
      const first = decrypted(bytesOf(join(directory, stored.file)), key);
      await first.next();
      await first.return(undefined);
    }
    return true;
  } catch {
    return false; // Whatever keeps it from being opened: it is not proven to be ours.
  }
}
