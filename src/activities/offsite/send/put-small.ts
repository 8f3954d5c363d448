import { createHash } from 'node:crypto';
import { isTaken } from '../bucket/bucket-failure.ts';
import { checksumOf, type ObjectFacts } from '../bucket/object.ts';
import type { Bucket } from '../bucket/open-bucket.ts';
import { expectSame } from './expect-same.ts';

/** Puts an object in one request, and overwrites none. Error: `OffsiteDiffers` when another one has its name. */
export async function putSmall(bucket: Bucket, key: string, content: Buffer): Promise<ObjectFacts> {
  const checksum = checksumOf(createHash('sha256').update(content).digest('hex'));
  try {
    await bucket.s3.putObject({
      Bucket: bucket.name,
      Key: key,
      Body: content,
      IfNoneMatch: '*',
      ChecksumSHA256: checksum,
    });
  } catch (error) {
    if (!isTaken(error)) throw error;
  }
  return expectSame(bucket, key, { bytes: content.length, checksum });
}
