import type { LogFile } from '../../../config/schema/logs.ts';
import type { LogPart, OpenLog } from '../read/open-log.ts';
import { pump, type Source } from '../read/pump.ts';
import { openScanner, type Sink } from '../read/scanner.ts';
import { seekTime } from '../read/seek-time.ts';
import { packedSource, plainSource } from '../read/sources.ts';
import {
  type Cursor,
  cursorAt,
  type Ends,
  isAt,
  isBeginningOf,
  isOf,
  openEnds,
  packedCursor,
  packedKey,
} from '../read/cursor.ts';
import type { Tally } from './tally.ts';

interface Known {
  readonly cursors: readonly Cursor[];
  /** Lines before it do not count in files that are new. In ms since 1970. */
  readonly since: number;
}

export interface NewLines {
  readonly cursors: readonly Cursor[];
  /** In bytes, of what is not compressed. */
  readonly read: number;
  /** Names of the files that had something new. */
  readonly files: readonly string[];
  /** What was not read, and why: sentences. */
  readonly lost: readonly string[];
}

/** More is not read at once of one file: a hole of terabytes, or a small file that unpacks to them, must not hold us for days. */
const MAX_BYTES = 8 * 2 ** 30;
/** Nobody writes any more to a rotated file that lies still for so long. */
const STILL = 60_000;
/** So long a writer may take for what belongs together. */
const BUSY = 10_000;
/** After it a cursor goes whose file was not seen again. */
const CURSOR_KEPT = 35 * 24 * 3_600_000;
const MAX_CURSORS = 500;
const DAY = 24 * 3_600_000;

/** Reads of every file of a log what no cursor has read: whatever it is called now, and whether it was cut, copied or compressed. */
export async function readNew(
  { live, rotated }: OpenLog,
  log: LogFile,
  { cursors, since }: Known,
  tally: Tally,
  now: number,
): Promise<NewLines> {
  const taken = new Set<Cursor>();
  const made: Cursor[] = [];
  const files: string[] = [];
  const lost: string[] = [];
  let read = 0;

  const plain = [...(live ? [live] : []), ...rotated.filter(({ packed }) => !packed)];
  const done: LogPart[] = [];
  for (const part of plain) await readPlain(part);
  for (const part of rotated.filter(({ packed }) => packed)) await readPacked(part);

  const rest = cursors.filter((cursor) => !taken.has(cursor));
  for (const { seen } of rest.filter((cursor) => cursor.live))
    lost.push(
      `The file that was the log on ${new Date(seen).toISOString()} is gone: what was written to it later was not read`,
    );
  // Once is enough to tell.
  const kept = rest
    .filter(({ seen }) => now - seen < CURSOR_KEPT)
    .map((cursor) => ({ ...cursor, live: false }));
  return { cursors: [...made, ...kept].slice(0, MAX_CURSORS), read, files, lost };

  async function readPlain(part: LogPart): Promise<void> {
    const size = Number(part.stats.size);
    const mine = cursors.filter((cursor) => isOf(cursor, part));
    const inode = part.stats.ino.toString();
    const cursor = mine
      .filter((one) => !taken.has(one))
      .toSorted(
        (one, other) =>
          Number(other.inode === inode) - Number(one.inode === inode) || other.offset - one.offset,
      )[0];
    // A copy that is not yet followed by its cut has the same lines.
    if (!cursor && (mine.length > 0 || done.some((other) => isBeginningOf(part, other)))) return;
    for (const one of mine) taken.add(one);
    done.push(part);

    const modified = Number(part.stats.mtimeMs);
    const sink = tally.sinkOf({
      otherwise: Math.min(modified, now),
      ...(!cursor && { floor: since }),
    });
    const scanner = openScanner(log, counted(sink));
    const begin = cursor
      ? cursor.offset
      : modified < since
        ? size
        : seekTime(part.fd, size, scanner, since);
    const from = withinLimit(part, begin, size);
    const isLive = part === live;
    const { consumed, insideLine } = await pump(plainSource(part, from, size), scanner, {
      insideLine: from === cursor?.offset ? cursor.insideLine : from > 0 && from < size,
      atEnd:
        now - modified < BUSY ? 'entries' : !isLive && now - modified > STILL ? 'all' : 'lines',
    });
    if (consumed > 0) files.push(part.file);
    const next = cursorAt(part, from + consumed, { insideLine, live: isLive, seen: now });
    if (next) made.push(next);
  }

  function withinLimit({ file }: LogPart, from: number, size: number): number {
    if (size - from <= MAX_BYTES) return from;
    lost.push(`"${file}" has ${size - from} new bytes: only the last ${MAX_BYTES} were read`);
    return size - MAX_BYTES;
  }

  async function readPacked(part: LogPart): Promise<void> {
    const key = packedKey(part);
    const known = cursors.find(({ packed }) => packed === key);
    if (known) {
      taken.add(known);
      made.push({ ...known, seen: now });
      return;
    }
    const modified = Number(part.stats.mtimeMs);
    const cursor = await cursorOf(part);
    if (cursor) {
      if (taken.has(cursor)) return;
      taken.add(cursor);
    } else if (modified < since) return;
    const sink = tally.sinkOf({
      otherwise: Math.min(modified, now),
      ...(!cursor && { floor: since }),
    });
    const scanner = openScanner(log, counted(sink));
    const unpacked = unpackedOf(part);
    try {
      await unpacked.skip(cursor?.offset ?? 0);
      const { consumed } = await pump(unpacked, scanner, {
        insideLine: cursor?.insideLine ?? false,
        atEnd: 'all',
      });
      if (consumed > 0) files.push(part.file);
      if (unpacked.isCut())
        lost.push(`"${part.file}" unpacks to more than ${MAX_BYTES} bytes: the rest was not read`);
      if (unpacked.isBroken() && now - modified < DAY)
        lost.push(`"${part.file}" cannot be unpacked to its end`);
      const next = packedCursor(part, unpacked.ends(), now);
      if (next) made.push(next);
    } finally {
      unpacked.close();
    }
  }

  /** Which cursor has read its beginning. It is unpacked for that once in its life. */
  async function cursorOf(part: LogPart): Promise<Cursor | undefined> {
    const open = cursors
      .filter(({ packed }) => packed === undefined)
      .toSorted((one, other) => one.offset - other.offset);
    const unpacked = unpackedOf(part);
    try {
      let found: Cursor | undefined;
      for (const cursor of open) {
        await unpacked.skip(cursor.offset - unpacked.ends().bytes);
        if (isAt(cursor, unpacked.ends())) found = cursor;
      }
      return found;
    } finally {
      unpacked.close();
    }
  }

  function counted(sink: Sink): Sink {
    return {
      ...sink,
      bytes(at, count) {
        read += count;
        sink.bytes(at, count);
      },
    };
  }
}

function unpackedOf(part: LogPart): Source & {
  skip(bytes: number): Promise<void>;
  ends(): Ends;
  isCut(): boolean;
  isBroken(): boolean;
  close(): void;
} {
  const source = packedSource(part);
  const passed = openEnds();
  let cut = false;
  const read = async (buffer: Buffer): Promise<number> => {
    if (passed.ends().bytes > MAX_BYTES) {
      cut = true;
      return 0;
    }
    const count = await source.read(buffer);
    passed.add(buffer.subarray(0, count));
    return count;
  };
  return {
    read,
    async skip(bytes) {
      const buffer = Buffer.allocUnsafe(2 ** 16);
      for (let left = bytes; left > 0;) {
        const count = await read(buffer.subarray(0, Math.min(left, buffer.length)));
        if (count === 0) return;
        left -= count;
      }
    },
    ends: passed.ends,
    isCut: () => cut,
    isBroken: () => source.isBroken(),
    close: () => source.close(),
  };
}
