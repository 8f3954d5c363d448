import type { LogFile } from '../../../config/schema/logs.ts';
import { accessEntry } from './access-entry.ts';
import type { Counted } from './entry.ts';
import { jsonEntry } from './json-entry.ts';
import { openPythonScan } from './python/python-scan.ts';
import { beginsEntry, HEAD_LETTERS } from './python/python-head.ts';
import { stampsIn } from './stamps.ts';

export interface Sink {
  entry(entry: Counted): void;
  /** So many bytes were written in the hour of `at`. NaN: nobody can tell. */
  bytes(at: number, count: number): void;
  /** A line that is not what the format says. */
  stranger(): void;
}

/** Finds what is to be counted in pieces of a log, one after the other. */
export interface Scanner {
  /** `region`: whole lines. */
  scan(region: Buffer): void;
  /** Where the last entry of a piece begins: what comes after the piece may belong to it. -1: nowhere. */
  lastEntry(piece: Buffer): number;
  /** When the line that begins at `start` was written. NaN: it does not say so. */
  stampOf(piece: Buffer, start: number): number;
}

const NEWLINE = 10;
/** A line of JSON that is longer is not read. */
const JSON_BYTES = 65_536;
/** Lines back of which one must begin an entry. */
const LINES_BACK = 400;

export function openScanner(
  { format, timezone }: Pick<LogFile, 'format' | 'timezone'>,
  sink: Sink,
): Scanner {
  const stamps = stampsIn(timezone);
  const isLines = format === 'json' || format === 'access';
  const read = format === 'json' ? jsonEntry : accessEntry;
  const most = format === 'json' ? JSON_BYTES : HEAD_LETTERS;
  const scanPython = openPythonScan({
    stamps,
    take: (entry) => sink.entry(entry),
    words: format === 'text',
  });

  return {
    scan(region) {
      if (isLines) scanLines(region);
      else scanPython(region);
      spread(region, 0, region.length);
    },
    lastEntry(piece) {
      let end = piece.lastIndexOf(NEWLINE);
      if (isLines || end < 0) return end + 1 || -1;
      for (let count = 0; count < LINES_BACK && end >= 0; count += 1) {
        const start = end === 0 ? 0 : piece.lastIndexOf(NEWLINE, end - 1) + 1;
        if (beginsEntry(piece.toString('latin1', start, Math.min(start + 40, end)))) return start;
        end = start - 1;
      }
      return -1;
    },
    stampOf,
  };

  function scanLines(region: Buffer): void {
    for (let start = 0; start < region.length;) {
      const found = region.indexOf(NEWLINE, start);
      const end = found < 0 ? region.length : found;
      const entry =
        end - start > JSON_BYTES
          ? undefined
          : read(region.toString('utf8', start, Math.min(end, start + most)), stamps);
      if (entry) sink.entry(entry);
      else if (end > start) sink.stranger();
      start = end + 1;
    }
  }

  function stampOf(piece: Buffer, start: number): number {
    if (!isLines)
      return stamps.leading(piece.toString('latin1', start, Math.min(start + 40, piece.length)));
    const found = piece.indexOf(NEWLINE, start);
    const end = Math.min(found < 0 ? piece.length : found, start + most);
    return read(piece.toString('utf8', start, end), stamps)?.at ?? NaN;
  }

  /** Tells in which hour how much of a region was written, by halves: the stamps of few lines are read. */
  function spread(region: Buffer, from: number, to: number): void {
    if (to <= from) return;
    const [first, last] = [stampBehind(region, from, to), stampBefore(region, from, to)];
    const middle = region.indexOf(NEWLINE, from + Math.floor((to - from) / 2)) + 1;
    const isOne = Number.isNaN(first) || hourOf(first) === hourOf(last);
    if (isOne || middle <= from || middle >= to)
      return sink.bytes(Number.isNaN(last) ? first : last, to - from);
    spread(region, from, middle);
    spread(region, middle, to);
  }

  /** Of the first line with a stamp. */
  function stampBehind(region: Buffer, from: number, to: number): number {
    let start = from;
    for (let count = 0; count < LINES_BACK && start < to; count += 1) {
      const at = stampOf(region, start);
      if (!Number.isNaN(at)) return at;
      const end = region.indexOf(NEWLINE, start);
      if (end < 0) break;
      start = end + 1;
    }
    return NaN;
  }

  /** Of the last one. */
  function stampBefore(region: Buffer, from: number, to: number): number {
    let end = to - 1;
    for (let count = 0; count < LINES_BACK && end > from; count += 1) {
      const start = Math.max(from, region.lastIndexOf(NEWLINE, end - 1) + 1);
      const at = stampOf(region, start);
      if (!Number.isNaN(at)) return at;
      end = start - 1;
    }
    return NaN;
  }
}

const HOUR = 3_600_000;

/** The beginning of the hour, in ms since 1970. */
export function hourOf(at: number): number {
  return Math.floor(at / HOUR) * HOUR;
}
