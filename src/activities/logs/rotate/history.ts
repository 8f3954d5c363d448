import { lstatSync, rmSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { type Stamp, timeOf } from '../../../config/time/stamp.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { inodeOf, isSameFile, isThere } from '../../../os/files/file-facts.ts';
import { type Generation, generationsOf } from '../file/generations.ts';
import { beginsWith } from './copy-truncate.ts';
import type { Mark } from './marks.ts';
import { finishBehind } from './rename.ts';

/**
 * Removes the second name or the copy that a run left which was terminated before its log had changed hands: the
 * log itself still has every line, and they must not come twice. Where it had, the new one gets what is missing.
 */
export function finishInterrupted(live: string, mark: Mark | undefined, stamp: Stamp): void {
  if (!isThere(live)) return;
  const others = generationsOf(live).filter((one) => one.stamp !== stamp);
  for (const { stamp: made, plain } of others) {
    if (plain === undefined) continue;
    // A copy that the mark knows of was followed by its cut.
    const unknown = mark !== undefined && timeOf(made) > Date.parse(mark.since);
    const isCopy = unknown && lstatSync(plain).size > 0 && beginsWith(live, plain);
    if (isSameFile(live, plain) || isCopy) {
      rmSync(plain);
      syncDirectory(dirname(plain));
    } else finishBehind(live, plain);
  }
}

/** The file that a run renamed which was terminated before it had put a new one in its place: where there are no hard links. */
export function halfMoved(live: string, mark: Mark | undefined): string | undefined {
  if (isThere(live) || !mark) return undefined;
  const moved = generationsOf(live).find(({ plain }) => plain && inodeOf(plain) === mark.inode);
  return moved?.plain;
}

/** The newest that was made before, or by, a run of this stamp: a clock may have stood wrong. */
export function newestOf(live: string, stamp: Stamp): Generation | undefined {
  return generationsOf(live).find((one) => one.stamp <= stamp);
}

/** Since when the lines of a log are in its file, in ms since 1970. Of a log that is new to us: since its file was made. */
export function sinceOf(
  mark: Mark | undefined,
  newest: Generation | undefined,
  { birthtimeMs }: Stats,
  stamp: Stamp,
): number {
  const known = [mark && Date.parse(mark.since), newest && timeOf(newest.stamp)];
  const times = known.filter((time) => time !== undefined);
  const now = timeOf(stamp);
  if (times.length > 0) return Math.min(now, Math.max(...times));
  return birthtimeMs > 0 ? Math.min(now, Math.floor(birthtimeMs)) : now;
}

/** What happened to a log that was none of our doing, as text that follows its name. */
export function whatOthersDid(
  mark: Mark | undefined,
  newest: Generation | undefined,
  live: string,
): string | undefined {
  if (!mark || (newest && timeOf(newest.stamp) > Date.parse(mark.since))) return undefined;
  if (inodeOf(live) !== mark.inode) return 'was given a new file by somebody else';
  return lstatSync(live).size < mark.bytes ? 'was cut by somebody else' : undefined;
}

/** `since` in ms since 1970. Undefined when the log is not there. */
export function markOf(live: string, since: number): Mark | undefined {
  const inode = inodeOf(live);
  return inode === undefined
    ? undefined
    : { since: new Date(since).toISOString(), inode, bytes: lstatSync(live).size };
}
