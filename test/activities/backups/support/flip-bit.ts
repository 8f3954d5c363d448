import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/** Changes one bit in the middle of a file, and nothing else of it: as a disk does that nobody asks. */
export function flipBit(file: string): void {
  const fd = openSync(file, 'r+');
  try {
    const at = Math.floor(fstatSync(fd).size / 2);
    const byte = Buffer.alloc(1);
    readSync(fd, byte, 0, 1, at);
    writeSync(fd, Buffer.of(byte[0]! ^ 1), 0, 1, at);
  } finally {
    closeSync(fd);
  }
}
