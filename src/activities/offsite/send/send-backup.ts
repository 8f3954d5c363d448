import { join } from 'node:path';
import { isThere } from '../../../os/files/file-facts.ts';
import { type OffsiteRecord, writeOffsiteRecord } from '../../backups/offsite/offsite-records.ts';
import { MOST_BYTES } from '../../artefact/manifest.ts';
import { readPlain } from '../../artefact/plain-file.ts';
import { SIGNATURE } from '../../backups/author/author-of.ts';
import { keyOf, MANIFEST } from '../bucket/listed-backups.ts';
import { lockedUntil } from '../bucket/object.ts';
import type { Bucket, Sender } from '../bucket/open-bucket.ts';
import type { Due } from './due-backups.ts';
import { putSmall } from './put-small.ts';
import { sendFile } from './send-file.ts';

/**
 * Brings one backup to the bucket, its manifest last: without it nobody takes the rest for a backup. What is there already stays, and has
 * to be the same. Answers how many bytes went over the line.
 */
export async function sendBackup(
  target: Sender,
  bucket: Bucket,
  { id, directory, manifest }: Due,
): Promise<number> {
  const files: OffsiteRecord['files'] = [];
  let sent = 0;
  for (const { stored } of [manifest.database, ...manifest.archives]) {
    const key = keyOf(bucket, id, stored.file);
    const { sent: now, ...facts } = await sendFile(target, bucket, { directory, key, stored });
    sent += now;
    files.push({ file: facts.file, bytes: facts.bytes, checksum: facts.checksum ?? '' });
  }
  for (const file of [SIGNATURE, MANIFEST]) {
    const path = join(directory, file);
    if (file === SIGNATURE && !isThere(path)) continue;
    const { bytes } = readPlain(path, MOST_BYTES);
    const { checksum = '' } = await putSmall(bucket, keyOf(bucket, id, file), bytes);
    files.push({ file, bytes: bytes.length, checksum });
  }
  const until = await lockedUntil(bucket, keyOf(bucket, id, MANIFEST));
  writeOffsiteRecord(target, {
    id,
    class: manifest.class,
    takenAt: manifest.takenAt,
    place: `${bucket.place}${id}`,
    files,
    verifiedAt: new Date().toISOString(),
    ...(until !== undefined && { lockedUntil: until }),
  });
  return sent;
}
