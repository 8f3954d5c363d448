import type { Scanner } from './scanner.ts';

/** Bytes, one after the other. */
export interface Source {
  /** Fills the beginning of `buffer`. Answers how many bytes; 0 at the end. */
  read(buffer: Buffer): number | Promise<number>;
}

interface Options {
  /** Whether it begins inside a line that is not to be read. */
  readonly insideLine: boolean;
  /**
   * What is read of an end in the midst of a line. `all`: nobody writes to the file any more. `lines`: the line waits. `entries`: so
   * does what it may belong to, for it is just being written.
   */
  readonly atEnd: 'all' | 'lines' | 'entries';
}

export interface Pumped {
  /** Bytes that need not be read again: the beginning of a line that is not whole yet does. */
  readonly consumed: number;
  /** Whether the next byte is inside of a line whose beginning was read, and which was too long for more. */
  readonly insideLine: boolean;
}

const NEWLINE = 10;
/** All that a scan needs of memory, which a processor keeps near; and the longest entry that is read as one. */
const BYTES = 2 ** 18;

/** Has a scanner read a source to its end in pieces of whole entries, whatever is in it. */
export async function pump(
  source: Source,
  scanner: Scanner,
  { insideLine, atEnd: how }: Options,
): Promise<Pumped> {
  const buffer = Buffer.allocUnsafe(BYTES);
  let filled = 0;
  let consumed = 0;
  let skipping = insideLine;
  for (;;) {
    const pending = source.read(buffer.subarray(filled));
    const count = typeof pending === 'number' ? pending : await pending;
    const atEnd = count === 0;
    filled += count;
    if (skipping) {
      const found = buffer.subarray(0, filled).indexOf(NEWLINE);
      const skipped = found < 0 ? filled : found + 1;
      skipping = found < 0;
      drop(skipped);
    }
    const piece = buffer.subarray(0, filled);
    const end = endOf(piece, atEnd);
    if (end > 0) {
      scanner.scan(piece.subarray(0, end));
      drop(end);
    } else if (filled === BYTES) {
      // Of a line that is longer than all the memory, the beginning is read.
      scanner.scan(piece);
      drop(filled);
      skipping = true;
    }
    if (atEnd) return { consumed, insideLine: skipping };
  }

  function endOf(piece: Buffer, atEnd: boolean): number {
    const lines = piece.lastIndexOf(NEWLINE) + 1;
    if (atEnd && (how === 'all' || lines === piece.length)) return piece.length;
    if (atEnd && how === 'lines') return lines;
    const last = scanner.lastEntry(piece);
    if (last > 0) return last;
    return piece.length === BYTES || (atEnd && last < 0) ? lines : 0;
  }

  function drop(bytes: number): void {
    buffer.copyWithin(0, bytes, filled);
    filled -= bytes;
    consumed += bytes;
  }
}
