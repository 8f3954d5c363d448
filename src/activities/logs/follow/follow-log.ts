import { closeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { LogFile } from '../../../config/schema/logs.ts';
import type { Target } from '../../../config/schema/target.ts';
import { type Cursor, isOf } from '../read/cursor.ts';
import { type LogPart, openPart, withLog } from '../read/open-log.ts';
import { copyOf, openReading, type Reading } from './open-reading.ts';
import { type LogText, openRecordScanner } from '../read/record-scanner.ts';

const INTERVAL = 200;

/**
 * So long a file that was renamed is read on, in ms since then or since it last grew: who writes it goes on until it is told to open
 * the log anew, and until it has done so.
 */
const LINGER = 10_000;
/** Renamed files that are read on at once. */
const MOST = 8;

/**
 * Gives every entry that is written from now on, until `signal`: through renames, cuts and copies of the log, told by its content.
 * `from`: how far the file was read that was the log then. Undefined: there was none, or nothing in it.
 */
export async function followLog(
  target: Target,
  log: LogFile,
  from: Cursor | undefined,
  take: (text: LogText) => void,
  signal: AbortSignal,
): Promise<void> {
  const scanner = openRecordScanner(log, take);
  const first = opened();
  const goesOn = from !== undefined && first !== undefined && isOf(from, first);
  let current = first && openReading(first, scanner, goesOn ? from : 0);
  let renamed: { readonly reading: Reading; readonly since: number }[] = [];
  try {
    // It was rotated since it was read: what was written until then stands in the file of before.
    if (from && !goesOn) await openFormer(from);
    while (!signal.aborted) {
      const found = opened();
      if (found && current && isSame(found, current.part)) {
        const { cursor } = current;
        if (cursor === undefined || isOf(cursor, found)) closeSync(found.fd);
        else {
          // Cut, and perhaps grown again beyond where it was read.
          await readCopy(cursor);
          current.close();
          current = openReading(found, scanner, 0);
        }
      } else if (found) {
        if (current) renamed.push({ reading: current, since: performance.now() });
        current = openReading(found, scanner, 0);
      }
      for (const { reading } of renamed) await reading.readOn();
      await letGo();
      await current?.readOn();
      await pause(INTERVAL, undefined, { signal }).catch(() => {});
    }
  } finally {
    current?.close();
    for (const { reading } of renamed) reading.close();
  }

  async function openFormer(cursor: Cursor): Promise<void> {
    const name = await withLog(
      target,
      log.file,
      async ({ rotated }) => copyOf(cursor, rotated)?.file,
    );
    const part = name === undefined ? undefined : openPart(target, name);
    if (part === undefined || typeof part === 'string') return;
    if (isOf(cursor, part))
      renamed.push({ reading: openReading(part, scanner, cursor), since: performance.now() });
    else closeSync(part.fd);
  }

  /** What was written between the last look and the copy that was made before the cut. */
  async function readCopy(cursor: Cursor): Promise<void> {
    await withLog(target, log.file, async ({ rotated }) => {
      const copy = copyOf(cursor, rotated);
      if (copy) await openReading(copy, scanner, cursor).readOn('all');
    });
  }

  async function letGo(): Promise<void> {
    const end = performance.now() - LINGER;
    const over = renamed.filter(
      ({ reading, since }, index) =>
        Math.max(since, reading.grown) < end || index < renamed.length - MOST,
    );
    renamed = renamed.filter((one) => !over.includes(one));
    for (const { reading } of over) {
      await reading.readOn('all');
      reading.close();
    }
  }

  function opened(): LogPart | undefined {
    const part = openPart(target, log.file);
    return typeof part === 'string' ? undefined : part;
  }
}

function isSame({ stats }: LogPart, other: LogPart): boolean {
  return stats.ino === other.stats.ino && stats.dev === other.stats.dev;
}
