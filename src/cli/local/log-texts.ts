import { followLog } from '../../activities/logs/follow/follow-log.ts';
import { type Cursor, cursorAt } from '../../activities/logs/read/cursor.ts';
import { withLog } from '../../activities/logs/read/open-log.ts';
import { readLast, readSince } from '../../activities/logs/read/read-texts.ts';
import type { LogText } from '../../activities/logs/read/record-scanner.ts';
import type { LogFile } from '../../config/schema/logs.ts';
import type { Target } from '../../config/schema/target.ts';
import { UsageError } from '../../config/usage-error.ts';

interface Asked {
  /** In ms since 1970. Missing: the last entries, however old they are. */
  readonly since?: number;
  readonly tail: number;
  readonly isWanted: (text: LogText) => boolean;
}

/** Entries of a log, in the order in which they were written. */
export interface LogTexts {
  readonly texts: readonly LogText[];
  /** How many there are: the last ones are given. */
  readonly total: number;
  /** How far the log was read: what is followed begins there. Missing: there was nothing in it. */
  readonly end?: Cursor;
}

/** Reads the last entries that are wanted. Error: `UsageError` when there is no such file, or when it is none to be read. */
export async function logTexts(
  target: Target,
  log: LogFile,
  { since, tail, isWanted }: Asked,
): Promise<LogTexts> {
  return withLog(target, log.file, async (open) => {
    const hint = `runbook target logs ${target.name} --file <name>`;
    if (!open.live && open.refused.length > 0)
      throw new UsageError(`Cannot read it: ${open.refused.join('; ')}`, hint);
    if (!open.live && open.rotated.length === 0)
      throw new UsageError(`There is no "${log.file}"`, hint);
    const { live } = open;
    const facts = { insideLine: false, live: true, seen: 0 };
    const end = live && cursorAt(live, Number(live.stats.size), facts);
    if (since === undefined) {
      const texts = await readLast(open, log, tail);
      return { texts, total: texts.length, ...(end && { end }) };
    }
    const texts: LogText[] = [];
    let total = 0;
    await readSince(open, log, since, (text) => {
      if (!isWanted(text)) return;
      total += 1;
      texts.push(text);
      if (texts.length > 2 * tail + 1000) texts.splice(0, texts.length - tail);
    });
    return { texts: texts.slice(-tail), total, ...(end && { end }) };
  });
}

export interface TypeCount {
  readonly type: string;
  readonly count: number;
}

/** How many errors of each sort there are, the most frequent first. */
export async function errorTypes(
  target: Target,
  log: LogFile,
  since: number,
): Promise<TypeCount[]> {
  const counts = new Map<string, number>();
  await logTexts(target, log, {
    since,
    tail: 1,
    isWanted({ level, type = 'no exception' }) {
      if (level === 'error') counts.set(type, (counts.get(type) ?? 0) + 1);
      return false;
    },
  });
  return [...counts]
    .map(([type, count]) => ({ type, count }))
    .toSorted((one, other) => other.count - one.count);
}

/** Gives what is written from `from` on, until somebody interrupts it. */
export async function followTexts(
  target: Target,
  log: LogFile,
  from: Cursor | undefined,
  take: (text: LogText) => void,
): Promise<void> {
  const interrupted = new AbortController();
  const end = () => interrupted.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  await followLog(target, log, from, take, interrupted.signal);
}
