import { readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { LogPart } from './open-log.ts';
import type { Source } from './pump.ts';

/** The bytes of a plain file, from `from` on, until `to`: what is written later is for the next time. */
export function plainSource({ fd }: Pick<LogPart, 'fd'>, from: number, to: number): Source {
  let position = from;
  return {
    read(buffer) {
      const count = readSync(fd, buffer, 0, Math.min(buffer.length, to - position), position);
      position += count;
      return count;
    },
  };
}

/** What comes out of a file that is compressed. One that is cut off ends there. */
export function packedSource({
  fd,
  packed,
}: LogPart): Source & { isBroken(): boolean; close(): void } {
  const unpack = packed === 'zstd' ? createZstdDecompress() : createGunzip();
  const pieces = Readable.from(piecesOf(fd));
  pieces.on('error', (error) => unpack.destroy(error));
  const chunks = pieces.pipe(unpack)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer = Buffer.alloc(0);
  let broken = false;
  return {
    async read(buffer) {
      while (rest.length === 0) {
        const chunk = await chunks.next().catch((error: NodeJS.ErrnoException) => {
          if (!/^(Z|ZSTD|ERR_Z)/.test(error.code ?? '')) throw error;
          broken = true;
          return undefined;
        });
        if (!chunk || chunk.done) return 0;
        rest = chunk.value;
      }
      const count = rest.copy(buffer);
      rest = rest.subarray(count);
      return count;
    },
    isBroken: () => broken,
    close() {
      pieces.destroy();
      unpack.destroy();
    },
  };
}

/** Read by place: whoever has opened the file closes it, and may read it twice. */
function* piecesOf(fd: number): Generator<Buffer> {
  for (let position = 0; ;) {
    const piece = Buffer.allocUnsafe(PIECE);
    const count = readSync(fd, piece, 0, PIECE, position);
    if (count === 0) return;
    position += count;
    yield piece.subarray(0, count);
  }
}

const PIECE = 65_536;
