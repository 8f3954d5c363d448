import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import type { Stored } from '../../artefact/manifest.ts';
import { isAbsent, isTaken } from '../bucket/bucket-failure.ts';
import { checksumOf, type ObjectFacts } from '../bucket/object.ts';
import type { Bucket } from '../bucket/open-bucket.ts';
import { expectSame } from './expect-same.ts';
import { type FilePart, partsOf } from './parts-of.ts';
import { sentParts, type Upload, unfinishedUploads } from './unfinished.ts';

interface PartOfUpload {
  readonly PartNumber: number;
  readonly ETag: string;
  readonly ChecksumSHA256: string;
}

/**
 * Sends a file part by part, and goes on with an upload that was cut short: a part that the bucket has, by its size and sha256, is not sent
 * again. Nothing has the object's name before all of it is there. Answers how many bytes went over the line, too.
 *
 * Errors: `BackupDamaged` when the file is not what its manifest says; `OffsiteDiffers`.
 */
export async function sendParts(
  bucket: Bucket,
  key: string,
  file: string,
  { stored, size }: { readonly stored: Stored; readonly size: number },
): Promise<ObjectFacts & { readonly sent: number }> {
  const upload = (await begunBefore(bucket, key)) ?? (await begin(bucket, key));
  const there = await sentParts(bucket, upload);
  const all: PartOfUpload[] = [];
  const hashes = createHash('sha256');
  let sent = 0;
  try {
    for (const part of partsOf(file, stored, size)) {
      const known = there.get(part.number);
      const checksum = part.sha256.toString('base64');
      const same = known?.bytes === part.bytes.length && known.sha256 === checksum;
      const tag = same ? known.tag : await sendPart(bucket, upload, part);
      if (!same) sent += part.bytes.length;
      all.push({ PartNumber: part.number, ETag: tag, ChecksumSHA256: checksum });
      hashes.update(part.sha256);
    }
  } catch (error) {
    if (error instanceof ApplicationFailure && error.type === 'BackupDamaged')
      await end(bucket, upload);
    throw error;
  }
  const checksum = checksumOf(hashes.digest('hex'), all.length);
  try {
    await bucket.s3.completeMultipartUpload({
      Bucket: bucket.name,
      Key: key,
      UploadId: upload.id,
      MultipartUpload: { Parts: all },
      IfNoneMatch: '*',
    });
  } catch (error) {
    // An attempt before this one has finished it, and nobody heard; or another object has the name.
    if (!isTaken(error) && !isAbsent(error)) throw error;
    if (isTaken(error)) await end(bucket, upload);
  }
  return { ...(await expectSame(bucket, key, { bytes: stored.bytes, checksum })), sent };
}

/** Of several the newest: those before it belong to nobody any more. */
async function begunBefore(bucket: Bucket, key: string): Promise<Upload | undefined> {
  const all = (await unfinishedUploads(bucket, key)).filter((upload) => upload.key === key);
  return all.toSorted((a, b) => (b.begunAt ?? '').localeCompare(a.begunAt ?? ''))[0];
}

async function begin({ s3, name }: Bucket, key: string): Promise<Upload> {
  const { UploadId: id } = await s3.createMultipartUpload({
    Bucket: name,
    Key: key,
    ChecksumAlgorithm: 'SHA256',
    ChecksumType: 'COMPOSITE',
  });
  if (id === undefined) throw new Error('The server gives no id to an upload');
  return { id, key };
}

async function sendPart(
  { s3, name }: Bucket,
  { id, key }: Upload,
  { number, bytes, sha256 }: FilePart,
): Promise<string> {
  const { ETag: tag } = await s3.uploadPart({
    Bucket: name,
    Key: key,
    UploadId: id,
    PartNumber: number,
    Body: bytes,
    ChecksumSHA256: sha256.toString('base64'),
  });
  if (tag === undefined) throw new Error('The server gives no tag to a part');
  return tag;
}

/** A courtesy: the bucket's lifecycle ends what we may not. */
async function end({ s3, name }: Bucket, { id, key }: Upload): Promise<void> {
  await s3.abortMultipartUpload({ Bucket: name, Key: key, UploadId: id }).catch(() => undefined);
}
