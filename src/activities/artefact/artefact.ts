import { createHash, randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import type { Target } from '../../config/schema/target.ts';
import { permanent } from '../../os/failure.ts';
import { syncDirectory, syncWhileWriting } from '../../os/files/durable-files.ts';
import { isDiskFull } from '../../os/files/file-facts.ts';
import { removeStartingWith } from '../../os/files/remove-starting-with.ts';
import { sha256Of } from '../../os/files/sha256.ts';
import { decrypted, encrypted } from './age.ts';
import { type Bytes, bytesOf, writeFully } from './bytes.ts';
import type { Key } from './key.ts';
import type { Stored } from './manifest.ts';
import { openPartsDigest } from './parts-digest.ts';
import { compressed, decompressed } from './zstd.ts';

/** What an artefact is when it is opened. */
export interface Content {
  readonly bytes: number;
  readonly sha256: string;
}

export interface Packing {
  readonly compression: Target['backups']['compression'];
  readonly key: Key | undefined;
  /** How many bytes a part has, of what also goes off-site. */
  readonly part?: number | undefined;
}

/** Writes `bytes` as `<file>[.zst][.age]`: under that name only when all of it is durable. */
export async function writeArtefact(
  bytes: Bytes,
  file: string,
  { compression, key, part: partBytes }: Packing,
): Promise<{ readonly stored: Stored; readonly content: Content }> {
  const content = openDigest();
  const stored = openDigest();
  const parts = partBytes === undefined ? undefined : openPartsDigest(partBytes);
  let packed: Bytes = content.of(bytes);
  if (compression === 'zstd') packed = compressed(packed);
  if (key) packed = encrypted(packed, key);

  const final = artefactName(file, { compression, key });
  removeStartingWith(`${final}.part-`);
  const part = `${final}.part-${randomUUID()}`;
  const fd = openSync(part, 'wx', 0o600);
  try {
    const syncing = syncWhileWriting(fd);
    try {
      for await (const piece of stored.of(packed)) {
        writeFully(fd, piece);
        parts?.add(piece);
        syncing.wrote(piece.length);
      }
    } finally {
      await syncing.end();
    }
    fsyncSync(fd);
  } catch (error) {
    removeStartingWith(part);
    if (!isDiskFull(error)) throw error;
    throw permanent('NoSpace', `No space left for "${final}": ${(error as Error).message}`);
  } finally {
    closeSync(fd);
  }
  renameSync(part, final);
  syncDirectory(dirname(final));
  const how = {
    compression,
    ...(key && { encryption: 'age' as const }),
    ...(parts && { parts: { bytes: partBytes!, sha256: parts.digest() } }),
  };
  return {
    stored: { file: basename(final), ...stored.digest(), ...how },
    content: content.digest(),
  };
}

function artefactName(
  file: string,
  { compression, key }: Pick<Packing, 'compression' | 'key'>,
): string {
  return `${file}${compression === 'zstd' ? '.zst' : ''}${key ? '.age' : ''}`;
}

export interface ArtefactOptions {
  /** How people call the backup. */
  readonly name: string;
  readonly key: Key | undefined;
}

/**
 * What an artefact holds. It fails at its end, if not before, when one stored byte is not what was written.
 *
 * Errors: `BackupDamaged`, `KeyMissing`, `KeyWrong`, and those of the file system.
 */
export async function* readArtefact(
  file: string,
  stored: Stored,
  { name, key }: ArtefactOptions,
): AsyncGenerator<Buffer> {
  if (stored.encryption && !key)
    throw permanent(
      'KeyMissing',
      `Cannot open backup "${name}": it is encrypted, and the target has no "backups.encryption"`,
    );
  const digest = openDigest();
  try {
    let bytes: Bytes = digest.of(bytesOf(file));
    if (stored.encryption) bytes = decrypted(bytes, key!);
    if (stored.compression === 'zstd') bytes = decompressed(bytes);
    yield* bytes;
  } catch (error) {
    throw failureFor(error);
  }
  const { sha256 } = digest.digest();
  if (sha256 !== stored.sha256)
    throw damaged(`sha256: got "${sha256}", expected "${stored.sha256}"`);

  /** What cannot be decoded is either not what was written, or was never right. */
  function failureFor(error: unknown): unknown {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) return error;
    const sha256 = sha256Of(file);
    if (sha256 !== stored.sha256)
      return damaged(`sha256: got "${sha256}", expected "${stored.sha256}"`);
    if (error instanceof ApplicationFailure)
      return ApplicationFailure.nonRetryable(
        `Cannot open backup "${name}": ${error.message}`,
        error.type,
      );
    return damaged(`decoding: ${(error as Error).message}`);
  }

  function damaged(finding: string): Error {
    return permanent('BackupDamaged', `Backup "${name}" does not pass ${finding}`);
  }
}

export function openDigest() {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    async *of(source: Bytes): AsyncGenerator<Buffer> {
      for await (const piece of source) {
        hash.update(piece);
        bytes += piece.length;
        yield piece;
      }
    },
    /** Once, at the end. */
    digest(): Content {
      return { bytes, sha256: hash.digest('hex') };
    },
  };
}
