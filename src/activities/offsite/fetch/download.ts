import { createHash } from 'node:crypto';
import { closeSync, constants, existsSync, fsyncSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { permanent } from '../../../os/failure.ts';
import { openPlain } from '../../../os/files/held/open-plain.ts';
import { sizeOf } from '../../../os/files/file-facts.ts';
import { bytesOf, writeFully } from '../../artefact/bytes.ts';
import type { Stored } from '../../artefact/manifest.ts';
import type { Bucket } from '../bucket/open-bucket.ts';
import { getObject } from './get-object.ts';

/**
 * Brings one file, and goes on where an attempt before was cut short. What came must be what the manifest says, else it goes again. Answers how
 * many bytes were asked for now. Errors: `BackupDamaged`, those of a bucket.
 */
export async function download(
  bucket: Bucket,
  key: string,
  { directory, stored }: { readonly directory: string; readonly stored: Stored },
): Promise<number> {
  const file = join(directory, stored.file);
  const before = existsSync(file) ? sizeOf(file) : 0;
  const from = before > stored.bytes ? 0 : before;
  if (from < before) rmSync(file);
  const hash = createHash('sha256');
  if (from > 0) for await (const piece of bytesOf(file)) hash.update(piece);
  let at = from;
  if (from < stored.bytes || stored.bytes === 0) {
    const fd = openPlain(file, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, {
      mode: 0o600,
    });
    try {
      for await (const piece of await getObject(bucket, key, { from })) {
        at += piece.length;
        if (at > stored.bytes) break;
        hash.update(piece);
        writeFully(fd, piece);
      }
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }
  const sha256 = hash.digest('hex');
  if (at === stored.bytes && sha256 === stored.sha256) return at - from;
  rmSync(file, { force: true });
  throw permanent(
    'BackupDamaged',
    `"s3://${bucket.name}/${key}" is not what its manifest says: ${at === stored.bytes ? `sha256 "${sha256}"` : `length ${at}`}, expected ${at === stored.bytes ? `"${stored.sha256}"` : stored.bytes}`,
  );
}
