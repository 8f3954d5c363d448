import type { LogFile } from '../../../config/schema/logs.ts';
import type { LogPart, OpenLog } from './open-log.ts';
import { pump } from './pump.ts';
import { type LogText, openRecordScanner } from './record-scanner.ts';
import { packedSource, plainSource } from './sources.ts';
import { seekTime } from './seek-time.ts';

/** Bytes at the end of a file among which its last entries are looked for first. */
const NEAR = 262_144;

/** Gives every entry since `since` (in ms since 1970), of what was rotated, too, in the order of the files. */
export async function readSince(
  { live, rotated }: OpenLog,
  log: LogFile,
  since: number,
  take: (text: LogText) => void,
): Promise<void> {
  const files = [...rotated.toSorted(byTime), ...(live ? [live] : [])];
  for (const part of files) {
    if (Number(part.stats.mtimeMs) < since) continue;
    let last = NaN;
    const scanner = openRecordScanner(log, (text) => {
      if (!Number.isNaN(text.at)) last = text.at;
      if (!(last < since)) take(text);
    });
    if (part.packed) {
      const source = packedSource(part);
      await pump(source, scanner, { insideLine: false, atEnd: 'all' }).finally(() =>
        source.close(),
      );
    } else {
      const size = Number(part.stats.size);
      const from = seekTime(part.fd, size, scanner, since);
      await pump(plainSource(part, from, size), scanner, {
        insideLine: from > 0,
        atEnd: 'all',
      });
    }
  }
}

/** The last entries of a log; of what was rotated last, too, when the log is shorter than that. */
export async function readLast(
  { live, rotated }: OpenLog,
  log: LogFile,
  count: number,
): Promise<LogText[]> {
  const plain = rotated
    .filter(({ packed }) => !packed)
    .toSorted((one, other) => byTime(other, one));
  let found: LogText[] = [];
  for (const part of [...(live ? [live] : []), ...plain]) {
    if (found.length >= count) break;
    found = [...(await lastOf(part, log, count - found.length)), ...found];
  }
  return found;
}

async function lastOf(part: LogPart, log: LogFile, count: number): Promise<LogText[]> {
  const size = Number(part.stats.size);
  for (let bytes = NEAR; ; bytes *= 4) {
    const from = Math.max(0, size - bytes);
    const texts: LogText[] = [];
    const scanner = openRecordScanner(log, (text) => {
      texts.push(text);
      if (texts.length > 2 * count + 1000) texts.splice(0, texts.length - count);
    });
    await pump(plainSource(part, from, size), scanner, { insideLine: from > 0, atEnd: 'all' });
    if (from === 0 || texts.length > count || bytes > MAX_BYTES) return texts.slice(-count);
  }
}

/** Further back nobody looks for the last entries. */
const MAX_BYTES = 256 * 2 ** 20;

function byTime(one: LogPart, other: LogPart): number {
  return Number(one.stats.mtimeMs) - Number(other.stats.mtimeMs);
}
