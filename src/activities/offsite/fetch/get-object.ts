import type { Readable } from 'node:stream';
import { countText } from '../../../config/text/count-text.ts';
import { permanent } from '../../../os/failure.ts';
import { isAbsent } from '../bucket/bucket-failure.ts';
import type { Bucket } from '../bucket/open-bucket.ts';

/** The bytes of an object from `from` on, at most `length` of them. Error: `BackupNotFound`. */
export async function getObject(
  { s3, name }: Bucket,
  key: string,
  { from = 0, length }: { readonly from?: number; readonly length?: number } = {},
): Promise<AsyncIterable<Buffer>> {
  const range = `bytes=${from}-${length === undefined ? '' : from + length - 1}`;
  const whole = from === 0 && length === undefined;
  try {
    const { Body } = await s3.getObject({
      Bucket: name,
      Key: key,
      ...(!whole && { Range: range }),
    });
    return Body as Readable;
  } catch (error) {
    if (!isAbsent(error)) throw error;
    throw permanent('BackupNotFound', `Cannot find "s3://${name}/${key}"`);
  }
}

/** All of a small object, and nothing of one that has more than `most` bytes. */
export async function getSmall(bucket: Bucket, key: string, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of await getObject(bucket, key)) {
    bytes += piece.length;
    if (bytes > most)
      throw permanent(
        'BackupDamaged',
        `"s3://${bucket.name}/${key}" has more than ${countText(most, 'byte')}, and is none of ours`,
      );
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
