import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { openRegular } from '../../os/files/held/open-plain.ts';

export type Bytes = AsyncIterable<Buffer>;

/** Large enough that the work between two pieces does not count, small enough to hold a few of them in memory. */
export const PIECE = 4 * 2 ** 20;
export const EMPTY = Buffer.alloc(0);

/** What lies in a directory of backups may be anybody's work: a link, a pipe that never ends. Error: `LinkRefused`. */
export async function* bytesOf(file: string): AsyncGenerator<Buffer> {
  const { fd } = openRegular(file, constants.O_RDONLY);
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafeSlow(PIECE);
      const length = readSync(fd, buffer);
      if (length === 0) return;
      yield buffer.subarray(0, length);
    }
  } finally {
    closeSync(fd);
  }
}

/** Into a file that is not there yet. The caller syncs it. */
export async function writeBytes(file: string, bytes: Bytes): Promise<void> {
  const fd = openSync(file, 'wx', 0o600);
  try {
    for await (const piece of bytes) writeFully(fd, piece);
  } finally {
    closeSync(fd);
  }
}

export function writeFully(fd: number, piece: Buffer): void {
  for (let at = 0; at < piece.length;) at += writeSync(fd, piece, at);
}

/** Reads a stream in the lengths that its format asks for. At its end it gives less. */
export interface Reader {
  take(length: number): Promise<Buffer>;
  /** What comes next, without taking it. */
  peek(length: number): Promise<Buffer>;
}

/** Lends a reader, and ends its stream afterwards: an open file would hold the disk space of one that was removed. */
export async function* withReader(
  bytes: Bytes,
  use: (reader: Reader) => AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  const source = bytes[Symbol.asyncIterator]();
  let rest: Buffer = EMPTY;

  async function fill(length: number): Promise<void> {
    if (rest.length >= length) return;
    const pieces = rest.length > 0 ? [rest] : [];
    for (let have = rest.length; have < length;) {
      const { done, value } = await source.next();
      if (done) break;
      pieces.push(value);
      have += value.length;
    }
    rest = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  async function peek(length: number): Promise<Buffer> {
    await fill(length);
    return rest.subarray(0, length);
  }

  async function take(length: number): Promise<Buffer> {
    const taken = await peek(length);
    rest = rest.subarray(taken.length);
    return taken;
  }

  try {
    yield* use({ peek, take });
  } finally {
    await source.return?.();
  }
}
