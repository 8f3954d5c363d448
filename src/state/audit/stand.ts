import { fstatSync, readSync } from 'node:fs';
import { endOf, linesOf, prevOf } from './chain.ts';

/** How far back a retried event is looked for: about a thousand events. */
const TAIL_BYTES = 256 * 1024;

/** How a file of the audit stands: its newest lines, and what stands for all of them. */
export interface Stand {
  readonly size: number;
  readonly lines: readonly string[];
  /** Whether the last line is ended. */
  readonly isWhole: boolean;
  readonly end: string;
  /** What stands for all that is before this byte. */
  endAt(bytes: number): string;
  /** The lines from this byte on. */
  linesFrom(bytes: number): string[];
}

/** `before`: what stands for the files before it. Of a long file only the end is read, unless nothing is chained there. */
export function standOf(fd: number, before: string): Stand {
  const { size } = fstatSync(fd);
  const isChained = (content: Buffer) =>
    linesOf(content.toString()).some((line) => prevOf(line) !== undefined);
  const tail = tailOf(fd, size, TAIL_BYTES);
  const content = tail.length < size && !isChained(tail) ? tailOf(fd, size, size) : tail;
  const lines = linesOf(content.toString());
  const parts = (bytes: number): [string, string] => {
    const all = bytes < size - content.length ? tailOf(fd, size, size) : content;
    const at = bytes - (size - all.length);
    return [all.subarray(0, at).toString(), all.subarray(at).toString()];
  };
  return {
    size,
    lines,
    isWhole: content.length === 0 || content.at(-1) === NEWLINE,
    end: endOf(lines, before),
    endAt: (bytes) => endOf(linesOf(parts(bytes)[0]), before),
    linesFrom: (bytes) => linesOf(parts(bytes)[1]).filter((line) => line !== ''),
  };
}

const NEWLINE = 10;

/** Whole lines of the end of a file: the first one that it cuts is left out. */
function tailOf(fd: number, size: number, most: number): Buffer {
  const tail = Buffer.alloc(Math.min(size, most));
  const length = readSync(fd, tail, 0, tail.length, size - tail.length);
  const read = tail.subarray(0, length);
  return size > most ? read.subarray(read.indexOf(NEWLINE) + 1) : read;
}
