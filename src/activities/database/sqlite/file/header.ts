import { closeSync, openSync, readSync } from 'node:fs';

const MAGIC = 'SQLite format 3\0';
/** Byte 19: a reader that knows no version above 2 must not read it: https://sqlite.org/fileformat.html#file_format_version_numbers */
const READ_VERSION = 19;
const FIRST_PAGE = 4096;

export interface Instead {
  /** It is a database of a format that SQLite does not know here. */
  readonly newer?: string;
  /** What a file that is no database may be: text. */
  readonly guess?: string;
}

/** What a file is by its first bytes, of which SQLite says that it is no database. */
export function nameOfBytes(file: string): Instead {
  const page = Buffer.alloc(FIRST_PAGE);
  const fd = openSync(file, 'r');
  let length: number;
  try {
    length = readSync(fd, page, 0, FIRST_PAGE, 0);
  } finally {
    closeSync(fd);
  }
  const bytes = page.subarray(0, length);
  if (bytes.toString('latin1', 0, 16) === MAGIC) {
    const version = bytes[READ_VERSION] ?? 0;
    // These never change: a header in which they are others is damaged, whatever else it says.
    const isHeader = bytes.toString('latin1', 21, 24) === '@  ';
    return isHeader && version > 2
      ? { newer: `its file format has read version ${version}, which SQLite does not know here` }
      : {};
  }
  if (bytes.every((byte) => byte === 0)) return { guess: 'its first page is zeros' };
  if (isLikeNoise(bytes))
    return {
      guess: 'its first page is like noise: an encrypted header would look so, too',
    };
  return {};
}

/** Encrypted bytes use all 256 values about as often as one another: in text, and in pages of rows, a few make up most of it. */
function isLikeNoise(bytes: Buffer): boolean {
  if (bytes.length < 512) return false;
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte]! += 1;
  const entropy = counts.reduce((sum, count) => {
    const share = count / bytes.length;
    return count === 0 ? sum : sum - share * Math.log2(share);
  }, 0);
  return entropy > 7.2;
}
