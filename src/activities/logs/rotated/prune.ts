import { lstatSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { LogFile } from '../../../config/schema/logs.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { type Stamp, timeOf } from '../../../config/time/stamp.ts';
import { syncDirectory } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { type Held, withHeld } from '../../../os/files/held/with-held.ts';
import { generationsOf, partsOf, predecessorsOf } from '../file/generations.ts';
import type { RotationResult } from '../file/rotation-result.ts';
import { isReleased } from './is-released.ts';

/** A deletes logs after 30 days. */
const KEEP = '30d';
const SHOWN = 3;

/**
 * Removes rotated files beyond their number or age. Only names that a run has made count, and those by which others
 * rotated the log before: these by age alone. One that somebody writes to stays.
 */
export function prune(log: LogFile, stamp: Stamp): RotationResult {
  if (!isThere(dirname(log.file)))
    return { changed: false, note: 'Nothing to remove', remarks: [] };
  return withHeld((held) => pruneHeld(held, log, stamp));
}

function pruneHeld(held: Held, log: LogFile, stamp: Stamp): RotationResult {
  const live = held(log.file);
  const copies = log.rotate?.copies ?? Infinity;
  const keep = log.keep ?? (log.rotate?.copies ? undefined : KEEP);
  const oldest = keep === undefined ? -Infinity : timeOf(stamp) - inMilliseconds(keep);

  const ours = generationsOf(live)
    .filter((one, index) => index >= copies || timeOf(one.stamp) < oldest)
    .flatMap(({ plain, packed }) => [plain, packed].filter((file) => file !== undefined));
  const before = predecessorsOf(live).filter((file) => lstatSync(file).mtimeMs < oldest);
  const removed = [...ours, ...before].filter(isReleased);
  for (const file of [...partsOf(live), ...removed]) rmSync(file, { force: true });
  if (removed.length > 0) syncDirectory(dirname(live));
  const names = removed.slice(0, SHOWN).map((file) => basename(file));
  const more = removed.length > SHOWN ? ` and ${removed.length - SHOWN} more` : '';
  const note = removed.length > 0 ? `Removed ${names.join(', ')}${more}` : 'Nothing to remove';
  return { changed: removed.length > 0, note, remarks: [] };
}
