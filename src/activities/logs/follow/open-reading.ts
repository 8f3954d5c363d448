import { closeSync, fstatSync } from 'node:fs';
import { type Cursor, cursorAt, isOf } from '../read/cursor.ts';
import type { LogPart } from '../read/open-log.ts';
import { pump } from '../read/pump.ts';
import type { Scanner } from '../read/scanner.ts';
import { plainSource } from '../read/sources.ts';

/** One file of a log that is read while it grows. */
export interface Reading {
  readonly part: LogPart;
  /** Missing: nothing of it has been read. */
  readonly cursor: Cursor | undefined;
  /** When it has last grown, by `performance.now()`. */
  readonly grown: number;
  /** Gives what it has grown by. `all`: a line that is not whole yet, too, for nobody writes to it any more. */
  readOn(atEnd?: 'all' | 'lines'): Promise<void>;
  close(): void;
}

/** `from`: a place in bytes, or as far as another file of the same content was read. */
export function openReading(part: LogPart, scanner: Scanner, from: number | Cursor): Reading {
  let cursor =
    typeof from === 'number'
      ? cursorAt(part, from, { insideLine: false, live: true, seen: 0 })
      : from;
  let size = -1;
  let grown = performance.now();
  return {
    part,
    get cursor() {
      return cursor;
    },
    get grown() {
      return grown;
    },
    async readOn(atEnd = 'lines') {
      const begin = cursor?.offset ?? 0;
      const before = size;
      // It may have grown since it was opened.
      size = fstatSync(part.fd).size;
      if (size !== before) grown = performance.now();
      if (size <= begin) return;
      const { consumed, insideLine } = await pump(plainSource(part, begin, size), scanner, {
        insideLine: cursor?.insideLine ?? false,
        atEnd,
      });
      cursor = cursorAt(part, begin + consumed, { insideLine, live: true, seen: 0 });
    },
    close: () => closeSync(part.fd),
  };
}

/** The copy that was made of a file before it was cut: the newest that begins with all that was read of it. */
export function copyOf(cursor: Cursor, parts: readonly LogPart[]): LogPart | undefined {
  const copies = parts.filter((part) => part.packed === undefined && isOf(cursor, part));
  return copies.toSorted((one, other) => Number(other.stats.mtimeMs - one.stats.mtimeMs))[0];
}
