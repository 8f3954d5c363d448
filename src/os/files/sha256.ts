import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK = 4 * 2 ** 20;

/** `patch` may change the first bytes of the file, in the digest only. */
export function sha256Of(file: string, patch?: (head: Buffer) => void): string {
  const fd = openSync(file, 'r');
  try {
    return sha256OfOpen(fd, patch);
  } finally {
    closeSync(fd);
  }
}

/** The same of a file that is open, from its beginning. */
export function sha256OfOpen(fd: number, patch?: (head: Buffer) => void): string {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK);
  for (let position = 0; ;) {
    const length = readSync(fd, buffer, 0, CHUNK, position);
    if (length === 0) return hash.digest('hex');
    const chunk = buffer.subarray(0, length);
    if (position === 0) patch?.(chunk);
    hash.update(chunk);
    position += length;
  }
}
