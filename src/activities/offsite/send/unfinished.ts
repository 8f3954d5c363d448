import type { Bucket } from '../bucket/open-bucket.ts';

/** A part that the bucket has of an upload that is not finished. */
export interface SentPart {
  readonly number: number;
  readonly bytes: number;
  readonly tag: string;
  /** base64. Missing where the server does not say it: such a part is sent anew. */
  readonly sha256?: string;
}

export interface Upload {
  readonly id: string;
  readonly key: string;
  /** ISO 8601, UTC. */
  readonly begunAt?: string;
}

/** Uploads that were begun and not finished, of what begins with `prefix`: each costs money until it is ended. */
export async function unfinishedUploads(
  { s3, name }: Bucket,
  prefix: string,
): Promise<readonly Upload[]> {
  const all: Upload[] = [];
  let marker: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (;;) {
    const page = await s3.listMultipartUploads({ Bucket: name, Prefix: prefix, ...marker });
    for (const { UploadId: id, Key: key, Initiated } of page.Uploads ?? [])
      if (id !== undefined && key?.startsWith(prefix))
        all.push({ id, key, ...(Initiated && { begunAt: Initiated.toISOString() }) });
    const { NextKeyMarker: next, NextUploadIdMarker: nextId } = page;
    if (!page.IsTruncated || next === undefined) return all;
    marker = { KeyMarker: next, ...(nextId !== undefined && { UploadIdMarker: nextId }) };
  }
}

export async function sentParts(
  { s3, name }: Bucket,
  { key, id }: Upload,
): Promise<ReadonlyMap<number, SentPart>> {
  const all = new Map<number, SentPart>();
  let after: string | undefined;
  for (;;) {
    const page = await s3.listParts({
      Bucket: name,
      Key: key,
      UploadId: id,
      ...(after !== undefined && { PartNumberMarker: after }),
    });
    for (const { PartNumber: number, Size: bytes, ETag: tag, ChecksumSHA256 } of page.Parts ?? [])
      if (number !== undefined && bytes !== undefined && tag !== undefined)
        all.set(number, { number, bytes, tag, ...(ChecksumSHA256 && { sha256: ChecksumSHA256 }) });
    after = page.NextPartNumberMarker;
    if (!page.IsTruncated || after === undefined) return all;
  }
}
