import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, readSync } from 'node:fs';
import { openRegular } from '../../../os/files/held/open-plain.ts';
import { permanent } from '../../../os/failure.ts';
import type { Stored } from '../../artefact/manifest.ts';

export interface FilePart {
  /** From 1, as S3 counts them. */
  readonly number: number;
  readonly bytes: Buffer;
  readonly sha256: Buffer;
}

/** S3 takes no more of one object. */
const MAX_PARTS = 10_000;
const MEBIBYTE = 2 ** 20;

/** How large the parts of a file are: as `wanted`, or as many whole MB as it takes for 10 000 of them. */
export function partSize(bytes: number, wanted: number): number {
  if (Math.ceil(bytes / wanted) <= MAX_PARTS) return wanted;
  return Math.ceil(bytes / MAX_PARTS / MEBIBYTE) * MEBIBYTE;
}

/**
 * Reads a file of a backup part by part. At its end it fails when the whole is not what the manifest says, so that nobody completes what
 * has rotted here. Error: `BackupDamaged`.
 */
export function* partsOf(file: string, stored: Stored, size: number): Generator<FilePart> {
  const whole = createHash('sha256');
  const { fd } = openRegular(file, constants.O_RDONLY);
  try {
    for (let number = 1, at = 0; at < stored.bytes; number += 1) {
      const bytes = readFully(fd, Math.min(size, stored.bytes - at));
      if (bytes.length === 0) break;
      at += bytes.length;
      whole.update(bytes);
      yield { number, bytes, sha256: createHash('sha256').update(bytes).digest() };
    }
  } finally {
    closeSync(fd);
  }
  expectHash(whole, file, stored);
}

function expectHash(whole: Hash, file: string, { sha256 }: Stored): void {
  const got = whole.digest('hex');
  if (got !== sha256)
    throw permanent(
      'BackupDamaged',
      `"${file}" is not sent: its sha256 is "${got}", expected "${sha256}"`,
    );
}

function readFully(fd: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(fd, buffer, filled, length - filled, null);
    if (read === 0) break;
    filled += read;
  }
  return buffer.subarray(0, filled);
}
