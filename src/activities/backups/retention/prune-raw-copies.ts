import { databaseFiles } from '../../../config/load/database-text.ts';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { type Stamp, timeOf } from '../../../config/time/stamp.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { isOver, pinText } from '../catalogue/pin.ts';
import {
  listRawCopies,
  quarantineOf,
  type RawCopy,
  unpinRawCopies,
} from '../raw-copies/raw-copies.ts';
import { daysText, type Judged } from './retention.ts';

interface JudgedCopy extends Judged {
  readonly files: RawCopy['files'];
}

/** What stays and what goes of the raw files, the newest first. Together they are all there is. */
export interface RawRetention {
  readonly keep: readonly JudgedCopy[];
  readonly remove: readonly JudgedCopy[];
}

interface Circumstances {
  /** What is of these runs may still be needed. */
  readonly inUse: ReadonlySet<Stamp>;
  /** When the newest verified backup was taken, if there is one. In ms since 1970. */
  readonly backedUp: number | undefined;
  /** ISO 8601. */
  readonly now: string;
}

/**
 * Raw files may be all there is of rows that no backup has. They go when their time is over, but never the newest of each
 * sort, nor what is pinned, nor what a run still needs, nor any before there is a verified backup that is younger.
 */
export function retainRawCopies(
  target: Target,
  { inUse, backedUp = 0, now }: Circumstances,
): RawRetention {
  const keepFor = inMilliseconds(target.backups.other.raw);
  const sorts = new Set<string>();
  const keep: JudgedCopy[] = [];
  const remove: JudgedCopy[] = [];
  for (const copy of listRawCopies(target)) {
    const { id, sort, files, bytes } = copy;
    const kept = reasonToKeep(copy);
    sorts.add(sort);
    const reason = `${kept ?? ageText(copy)}: "${files[0]}"`;
    const judged = { id, state: 'raw', bytes, reason, files } as const;
    (kept === undefined ? remove : keep).push(judged);
  }
  return { keep, remove };

  function reasonToKeep(copy: RawCopy): string | undefined {
    const { id, sort, pin } = copy;
    if (inUse.has(id)) return `${sort}, its run has not put all right yet`;
    if (pin && !isOver(pin, now)) return pinText(pin);
    if (!sorts.has(sort)) return `${sort}, the newest of its sort`;
    if (Number.isNaN(timeOf(id))) return `${sort}, its name tells no time`;
    if (timeOf(id) > backedUp) return `${sort}, there is no verified backup since`;
    return Date.parse(now) - timeOf(id) <= keepFor ? ageText(copy) : undefined;
  }

  function ageText({ id, sort }: RawCopy): string {
    const age = Math.max(Date.parse(now) - timeOf(id), 0);
    return `${sort}, ${daysText(age)} of ${daysText(keepFor)}`;
  }
}

/** Deletes them: their name goes first, so that half of a raw copy never looks like a whole one. */
export function removeRawCopies(target: Target, remove: readonly JudgedCopy[]): void {
  clearGoneCopies(target);
  for (const { id, files } of remove) {
    withHeld((held) => {
      const [first, ...sidecars] = files.map((file) => held.itself(file));
      renameSync(first!, `${first}.gone`);
      for (const file of sidecars) rmSync(file, { force: true });
      syncDirectory(dirname(first!));
    });
    unpinRawCopies(target, id);
  }
  clearGoneCopies(target);
}

/** Deletes what has lost its name, also by an attempt that was killed. */
export function clearGoneCopies(target: Target): boolean {
  const live = databaseFiles(target.database).map(liveFile);
  const gone = [
    ...namesIn(quarantineOf(target), /^\d{8}_\d{6}\.gone$/),
    ...live.flatMap((one) =>
      namesIn(dirname(one), GONE).filter((file) => basename(file).startsWith(`${basename(one)}.`)),
    ),
  ];
  withHeld((held) => {
    const places = gone.map((file) => held.itself(file));
    for (const file of places) rmSync(file, { recursive: true, force: true });
    for (const directory of new Set(places.map(dirname))) syncDirectory(directory);
  });
  return gone.length > 0;
}

const GONE = /\.(pre|undone)-\d{8}_\d{6}(-wal|-shm|-journal)?\.gone$/;

function namesIn(directory: string, pattern: RegExp): string[] {
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory).filter((name) => pattern.test(name));
  return names.map((name) => join(directory, name));
}
