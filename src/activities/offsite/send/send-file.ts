import { join } from 'node:path';
import { inBytes } from '../../../config/schema/values/quantities.ts';
import type { Stored } from '../../artefact/manifest.ts';
import { openPartsDigest } from '../../artefact/parts-digest.ts';
import { checksumOf, factsOf, type ObjectFacts } from '../bucket/object.ts';
import type { Bucket, Sender } from '../bucket/open-bucket.ts';
import { expectSame } from './expect-same.ts';
import { partSize, partsOf } from './parts-of.ts';
import { putSmall } from './put-small.ts';
import { sendParts } from './send-parts.ts';

export interface SentFile extends ObjectFacts {
  readonly file: string;
  /** How many bytes went over the line now. */
  readonly sent: number;
}

/** Brings one file of a backup to the bucket, unless it is there. Errors: `BackupDamaged`, `OffsiteDiffers`, those of a bucket. */
export async function sendFile(
  { backups }: Sender,
  bucket: Bucket,
  { directory, key, stored }: { directory: string; key: string; stored: Stored },
): Promise<SentFile> {
  const { file, bytes } = stored;
  const path = join(directory, file);
  const size = partSize(bytes, inBytes(backups.offsite!.part));
  if (await factsOf(bucket, key))
    return { file, ...(await expectSame(bucket, key, expected(path, stored, size))), sent: 0 };
  if (bytes > size) return { file, ...(await sendParts(bucket, key, path, { stored, size })) };
  const [only] = [...partsOf(path, stored, size)];
  const content = only?.bytes ?? Buffer.alloc(0);
  return { file, ...(await putSmall(bucket, key, content)), sent: content.length };
}

/** What the bucket should say of it. Where the manifest knows the hash of its parts, nothing is read. */
function expected(path: string, stored: Stored, size: number): ObjectFacts {
  const { bytes, parts } = stored;
  const count = Math.ceil(bytes / size);
  if (count <= 1) return { bytes, checksum: checksumOf(stored.sha256) };
  if (parts?.bytes === size) return { bytes, checksum: checksumOf(parts.sha256, count) };
  return { bytes, checksum: checksumOf(hashOfParts(path, stored, size), count) };
}

function hashOfParts(path: string, stored: Stored, size: number): string {
  const digest = openPartsDigest(size);
  for (const { bytes } of partsOf(path, stored, size)) digest.add(bytes);
  return digest.digest();
}
