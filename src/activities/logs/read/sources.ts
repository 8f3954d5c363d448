import { createReadStream, readSync } from 'node:fs';
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
export function packedSource({ fd, file, packed }: LogPart): Source & { close(): void } {
  const packedBytes = createReadStream(file, { fd, autoClose: false, start: 0 });
  const unpack = packed === 'zstd' ? createZstdDecompress() : createGunzip();
  packedBytes.on('error', (error) => unpack.destroy(error));
  const chunks = packedBytes.pipe(unpack)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest: Buffer = Buffer.alloc(0);
  return {
    async read(buffer) {
      while (rest.length === 0) {
        const { value, done } = await chunks.next().catch((error: NodeJS.ErrnoException) => {
          if (/^Z_|^ERR_Z|^ZSTD/.test(error.code ?? ''))
            return { done: true as const, value: undefined };
          throw error;
        });
        if (done) return 0;
        rest = value;
      }
      const count = rest.copy(buffer);
      rest = rest.subarray(count);
      return count;
    },
    close() {
      packedBytes.destroy();
      unpack.destroy();
    },
  };
}
