import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  createReadStream,
  createWriteStream,
  fstatSync,
  fsyncSync,
  futimesSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { permanent } from '../../../os/failure.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { openPlain } from '../../../os/files/held/open-plain.ts';
import { sha256OfOpen } from '../../../os/files/sha256.ts';
import { PACKED, PART } from '../file/generations.ts';
import { giveAttributes } from '../rotate/rename.ts';

/**
 * Compresses a rotated file, named by a handle. The plain one goes when the packed one, read back, has its every byte. Answers the packed
 * size. Each is opened once: what has its name later is another file.
 */
export async function pack(plain: string): Promise<number> {
  const packed = `${plain}${PACKED}`;
  const from = openPlain(plain, constants.O_RDONLY);
  try {
    const sha256 = sha256OfOpen(from);
    // An attempt that was killed before it removed the plain one has finished this.
    const bytes = isThere(packed) ? await packedSize(packed, sha256) : undefined;
    const size = bytes ?? (await packBeside(from, plain, sha256));
    rmSync(plain);
    syncDirectory(dirname(plain));
    return size;
  } finally {
    closeSync(from);
  }
}

async function packBeside(from: number, plain: string, sha256: string): Promise<number> {
  const part = `${plain}${PACKED}${PART}`;
  const like = fstatSync(from);
  expectSpaceFor(like.size, dirname(part));
  rmSync(part, { force: true });
  const to = openSync(part, 'wx+', 0o600);
  try {
    await pipeline(
      createReadStream(plain, { fd: from, start: 0, autoClose: false }),
      createGzip(),
      createWriteStream(part, { fd: to, start: 0, autoClose: false }),
    );
    giveAttributes(to, like);
    futimesSync(to, like.atime, like.mtime);
    fsyncSync(to);
    if ((await contentOf(to)) !== sha256)
      throw permanent(
        'LogChanged',
        `"${plain}" changed while it was compressed: it stays as it is`,
      );
    renameSync(part, `${plain}${PACKED}`);
    syncDirectory(dirname(plain));
    return fstatSync(to).size;
  } finally {
    closeSync(to);
  }
}

/** Undefined: it is cut short, or another file's. */
async function packedSize(packed: string, sha256: string): Promise<number | undefined> {
  const fd = openPlain(packed, constants.O_RDONLY);
  try {
    return (await contentOf(fd)) === sha256 ? fstatSync(fd).size : undefined;
  } finally {
    closeSync(fd);
  }
}

/** The sha256 of what comes out again. Something that is cut short has none. */
async function contentOf(fd: number): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    const packed = createReadStream('', { fd, start: 0, autoClose: false });
    await pipeline(packed, createGunzip(), hash);
    return hash.digest('hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_')) return undefined;
    throw error;
  }
}
