import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { type Stamp, timeOf } from '../../../config/time/stamp.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { stampsInUse } from '../../../state/stamps-in-use.ts';
import { openRestoreDirectory } from './restore-directory.ts';

type Place = Pick<Target, 'state' | 'name'>;

const RESTORE_DIRECTORIES = /^files-(\d{8}_\d{6})$/;
/** One whose removal has begun: it is no longer what a run kept. */
const GONE = /^files-\d{8}_\d{6}\.gone$/;

/**
 * Removes what runs that restored files before a time, in ms since 1970, had kept of the files before: old secrets are in
 * it. Never what the newest of them kept, nor anything of a run that somebody may still have to put right. Answers how many.
 */
export async function pruneKeptFiles(target: Place, before: number): Promise<number> {
  const { state } = target;
  const needed = await stampsInUse(target);
  const [, ...older] = namesIn(state)
    .flatMap((name): Stamp[] => RESTORE_DIRECTORIES.exec(name)?.slice(1) ?? [])
    .filter((stamp) => hasEnded(target, stamp))
    .toSorted()
    .toReversed();
  for (const stamp of older) {
    if (timeOf(stamp) >= before || needed.has(stamp)) continue;
    const { directory } = openRestoreDirectory(target, stamp);
    // Half of it must never look like a run that has to be cleaned up.
    renameSync(directory, `${directory}.gone`);
  }
  const gone = namesIn(state).filter((name) => GONE.test(name));
  if (gone.length > 0) syncDirectory(state);
  for (const name of gone) rmSync(join(state, name), { recursive: true, force: true });
  return gone.length;
}

/** All is in its place, or back: nothing of it is left to be done. */
function hasEnded(target: Place, stamp: Stamp): boolean {
  const progress = openRestoreDirectory(target, stamp).progress();
  return progress === 'placed' || progress === 'back';
}

function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
