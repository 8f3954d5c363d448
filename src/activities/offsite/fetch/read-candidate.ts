import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { BackupId } from '../../../config/backup-id.ts';
import type { Target } from '../../../config/schema/target.ts';
import { plainLine } from '../../../config/text/plain-text.ts';
import { permanent } from '../../../os/failure.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { atOurs } from '../../../os/files/held/places.ts';
import { decrypted } from '../../artefact/age.ts';
import { type Key, readKey } from '../../artefact/key.ts';
import { Manifest, MOST_BYTES } from '../../artefact/manifest.ts';
import { authorOf, SIGNATURE } from '../../backups/author/author-of.ts';
import { authorsOf } from '../../backups/author/authors.ts';
import { backupPaths } from '../../backups/catalogue/backup-store.ts';
import { keyOf, MANIFEST } from '../bucket/listed-backups.ts';
import { factsOf } from '../bucket/object.ts';
import type { Bucket } from '../bucket/open-bucket.ts';
import { getObject, getSmall } from './get-object.ts';

/** A backup in the bucket, of which the manifest is here and its author is judged. */
export interface Candidate {
  readonly id: BackupId;
  readonly manifest: Manifest;
  /** Where it is brought together: its manifest and signature lie there. */
  readonly draft: string;
  /** Whose word it is: `signed by this host`. */
  readonly by?: string;
  /** Why it is not taken for one of the target's own, as a sentence without its end. */
  readonly doubt?: string;
}

const MOST_SIGNATURE = 4096;
/** An age header, and two chunks behind it. */
const BEGINNING = 256 * 1024;

/**
 * Brings the manifest of a backup, and judges it by the rules for those on disk before a byte of the rest is asked for. Whoever stole the key that
 * sends can put other backups there: what our own age key does not open, nobody made who had it.
 */
export async function readCandidate(
  target: Target,
  bucket: Bucket,
  id: BackupId,
): Promise<Candidate> {
  const place = target.backups.directory;
  const draft = draftOf(target, id);
  if (!isThere(draft)) mkdirSync(draft, { mode: 0o700 });
  const inside = atOurs(draft);
  const bytes = await getSmall(bucket, keyOf(bucket, id, MANIFEST), MOST_BYTES);
  const manifest = parsed(bytes, id, target.name);
  const signed = keyOf(bucket, id, SIGNATURE);
  rmSync(join(inside, SIGNATURE), { force: true });
  if (await factsOf(bucket, signed))
    writeDurably(
      join(inside, SIGNATURE),
      (await getSmall(bucket, signed, MOST_SIGNATURE)).toString('latin1'),
    );
  const linked = false;
  const author = authorOf({ place, directory: inside, manifest, bytes, linked }, authorsOf(target));
  const locked = author.doubt ?? (await whyClosed(bucket, manifest, await readKey(target)));
  writeDurably(join(inside, MANIFEST), bytes.toString('utf8'));
  return {
    id,
    manifest,
    draft,
    ...(author.by !== undefined && { by: author.by }),
    ...(locked !== undefined && { doubt: locked }),
  };
}

/** Where a backup is brought together. */
export function draftOf({ backups }: Pick<Target, 'backups'>, id: BackupId): string {
  return `${backupPaths(backups.directory, id).final}.fetch`;
}

function parsed(bytes: Buffer, id: BackupId, target: string): Manifest {
  try {
    const manifest = Manifest.parse(JSON.parse(bytes.toString('utf8')));
    if (manifest.id !== id) throw new Error(`it is of "${manifest.id}"`);
    if (manifest.target !== target) throw new Error(`it is of target "${manifest.target}"`);
    return manifest;
  } catch (error) {
    const text = plainLine(
      error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message,
      300,
    );
    throw permanent(
      'BackupDamaged',
      `Cannot read the manifest of backup "${id}" off-site: ${text}`,
    );
  }
}

/** Opens the beginning of each file. Undefined: our key does. */
async function whyClosed(
  bucket: Bucket,
  { id, database, archives }: Manifest,
  key: Key | undefined,
): Promise<string | undefined> {
  for (const { stored } of [database, ...archives]) {
    if (!stored.encryption) return `its "${stored.file}" is not encrypted`;
    if (!key) return 'the target has no "backups.encryption" to open it by';
    const from = await getObject(bucket, keyOf(bucket, id, stored.file), { length: BEGINNING });
    const first = decrypted(from, key);
    try {
      await first.next();
    } catch (error) {
      return `its "${stored.file}" does not open: ${plainLine((error as Error).message, 200)}`;
    } finally {
      await first.return(undefined);
    }
  }
  return undefined;
}
