import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  createWriteStream,
  futimesSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { permanent } from '../../../os/failure.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { syncDirectory, syncFile } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { sha256Of } from '../../../os/files/sha256.ts';
import { PACKED, PART } from '../file/generations.ts';
import { giveAttributes } from '../rotate/rename.ts';

/** Compresses a rotated file. The plain one goes when the packed one, read back, has its every byte. Answers the packed size. */
export async function pack(plain: string): Promise<number> {
  const packed = `${plain}${PACKED}`;
  const sha256 = sha256Of(plain);
  // An attempt that was killed before it removed the plain one has finished this.
  if (!isThere(packed) || (await contentOf(packed)) !== sha256) {
    await packBeside(plain, `${packed}${PART}`);
    if ((await contentOf(`${packed}${PART}`)) !== sha256)
      throw permanent(
        'LogChanged',
        `"${plain}" changed while it was compressed: it stays as it is`,
      );
    renameSync(`${packed}${PART}`, packed);
    syncDirectory(dirname(plain));
  }
  rmSync(plain);
  syncDirectory(dirname(plain));
  return statSync(packed).size;
}

async function packBeside(plain: string, part: string): Promise<void> {
  const like = statSync(plain);
  expectSpaceFor(like.size, dirname(part));
  rmSync(part, { force: true });
  const to = createWriteStream(part, { flags: 'wx', mode: 0o600 });
  await pipeline(createReadStream(plain), createGzip(), to);
  const fd = openSync(part, 'r+');
  try {
    giveAttributes(fd, like);
    futimesSync(fd, like.atime, like.mtime);
  } finally {
    closeSync(fd);
  }
  syncFile(part);
}

/** The sha256 of what comes out again. Something that is cut short has none. */
async function contentOf(packed: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(packed), createGunzip(), hash);
    return hash.digest('hex');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_')) return undefined;
    throw error;
  }
}
