import { closeSync, fstatSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { LogFile } from '../../../config/schema/logs.ts';
import type { Target } from '../../../config/schema/target.ts';
import { cursorAt, isOf } from './cursor.ts';
import { type LogPart, openPart } from './open-log.ts';
import { pump } from './pump.ts';
import { type LogText, openRecordScanner } from './record-scanner.ts';
import { plainSource } from './sources.ts';

const INTERVAL = 200;

/**
 * Gives every entry that is written from now on, until `signal`: through renames, cuts and copies of the log, told by its content.
 * `from`: where to begin in the file that is the log now.
 */
export async function followLog(
  target: Target,
  log: LogFile,
  from: number,
  take: (text: LogText) => void,
  signal: AbortSignal,
): Promise<void> {
  const scanner = openRecordScanner(log, take);
  let current = opened();
  let cursor = current && cursorAt(current, from, { insideLine: false, live: true, seen: 0 });
  try {
    while (!signal.aborted) {
      const found = opened();
      if (found && current && isSame(found, current)) {
        closeSync(current.fd);
        current = found;
        // Cut, and perhaps grown again beyond where it was read.
        if (cursor && !isOf(cursor, current)) cursor = undefined;
      } else if (found) {
        // What was written to the old file before it was let go.
        if (current) {
          await readOn(current);
          closeSync(current.fd);
        }
        current = found;
        cursor = undefined;
      }
      if (found) await readOn(found);
      await pause(INTERVAL, undefined, { signal }).catch(() => {});
    }
  } finally {
    if (current) closeSync(current.fd);
  }

  async function readOn(part: LogPart): Promise<void> {
    const begin = cursor?.offset ?? 0;
    const size = sizeOf(part);
    if (size <= begin) return;
    const { consumed, insideLine } = await pump(plainSource(part, begin, size), scanner, {
      insideLine: cursor?.insideLine ?? false,
      atEnd: 'lines',
    });
    cursor = cursorAt(part, begin + consumed, { insideLine, live: true, seen: 0 });
  }

  function opened(): LogPart | undefined {
    const part = openPart(target, log.file);
    return typeof part === 'string' ? undefined : part;
  }
}

function isSame({ stats }: LogPart, other: LogPart): boolean {
  return stats.ino === other.stats.ino && stats.dev === other.stats.dev;
}

/** It may have grown since it was opened. */
function sizeOf({ fd }: LogPart): number {
  return fstatSync(fd).size;
}
