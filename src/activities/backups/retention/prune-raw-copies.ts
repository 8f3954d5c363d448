import { databaseFiles } from '../../../config/load/database-text.ts';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import {
  listRawCopies,
  quarantineOf,
  type RawCopy,
  unpinRawCopies,
} from '../raw-copies/raw-copies.ts';
import { type Circumstances, judgeRaw } from './judge-raw.ts';
import type { Judged } from './retention.ts';

interface JudgedCopy extends Judged {
  readonly files: RawCopy['files'];
}

/** What stays and what goes of the raw files, the newest first. Together they are all there is. */
export interface RawRetention {
  readonly keep: readonly JudgedCopy[];
  readonly remove: readonly JudgedCopy[];
}

/** Raw files, by the rule of `judgeRaw`. */
export function retainRawCopies(target: Target, circumstances: Circumstances): RawRetention {
  const judge = judgeRaw(target.backups.other.raw, circumstances);
  const keep: JudgedCopy[] = [];
  const remove: JudgedCopy[] = [];
  for (const copy of listRawCopies(target)) {
    const { id, files, bytes } = copy;
    const { stays, why } = judge(copy);
    const judged = { id, state: 'raw', bytes, reason: `${why}: "${files[0]}"`, files } as const;
    (stays ? keep : remove).push(judged);
  }
  return { keep, remove };
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
