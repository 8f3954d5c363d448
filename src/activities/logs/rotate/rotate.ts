import { lstatSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { countText } from '../../../config/text/count-text.ts';
import type { LogFile } from '../../../config/schema/logs.ts';
import type { Target } from '../../../config/schema/target.ts';
import { type Stamp, timeOf } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { isSameFile, isThere } from '../../../os/files/file-facts.ts';
import { expectPlain } from '../../../os/files/held/open-plain.ts';
import { type Held, withHeld } from '../../../os/files/held/with-held.ts';
import type { RotationResult } from '../file/rotation-result.ts';
import { asText, writersOf } from '../file/writers.ts';
import { copyTruncate } from './copy-truncate.ts';
import { whyDue } from './due.ts';
import { handOver, stillWritten } from './hand-over.ts';
import {
  finishInterrupted,
  halfMoved,
  markOf,
  newestOf,
  sinceOf,
  whatOthersDid,
} from './history.ts';
import { openMarks } from './marks.ts';

export interface Rotation extends RotationResult {
  /** Of the rotated file. Missing when the log was left as it is. */
  readonly bytes?: number;
  /** Of a copy and cut: how many bytes may be lost. */
  readonly atRisk?: number;
}

/**
 * Rotates a log that is due. Never twice for one stamp, which names what it makes, however often it is asked. Whoever writes the log can
 * put a link in its place: it goes by a handle on its directory.
 */
export async function rotate(target: Target, log: LogFile, stamp: Stamp): Promise<Rotation> {
  if (!log.rotate) return left('"rotate" is not said');
  if (!isThere(dirname(log.file))) return left('There is none');
  return withHeld((held) => rotateHeld(held, target, log as Rotated, stamp));
}

type Rotated = LogFile & { readonly rotate: NonNullable<LogFile['rotate']> };

async function rotateHeld(
  held: Held,
  target: Target,
  log: Rotated,
  stamp: Stamp,
): Promise<Rotation> {
  const { by } = log.rotate;
  const live = held(log.file);
  const marks = openMarks(target);
  const mark = marks.of(log.file);
  const rotated = halfMoved(live, mark) ?? `${live}.${stamp}`;
  const remember = (since: number) => marks.set(log.file, markOf(live, since));

  const found = lstatSync(live, { throwIfNoEntry: false });
  if (found && !found.isFile()) return left('It is no regular file');
  if (found) expectPlain(live, { names: isSameFile(live, rotated) ? 2 : 1 });
  finishInterrupted(live, mark, stamp);
  if (!isThere(rotated)) {
    if (!found) return left('There is none');
    const idle = whyNot(found);
    if (idle) return idle;
  }
  const done = by === 'copytruncate' ? cut() : await handOver(target, live, rotated, log.rotate);
  remember(timeOf(stamp));
  const { size } = lstatSync(rotated);
  return { note: `Rotated, ${inMebibytes(size)}`, bytes: size, ...done };

  function whyNot(found: Stats): Rotation | undefined {
    const newest = newestOf(live, stamp);
    const other = whatOthersDid(mark, newest, live);
    if (other) {
      remember(timeOf(stamp));
      return left(`It ${other}`, `It ${other}: say "by: application" if that rotates it`);
    }
    const since = sinceOf(mark, newest, found, stamp);
    remember(since);
    if (whyDue(log.rotate, { bytes: found.size, since }, stamp)) return undefined;
    return left(found.size === 0 ? 'It is empty' : 'Not due', ...stillWritten(live, newest));
  }

  function cut(): Omit<Rotation, 'bytes' | 'note'> & { readonly note?: string } {
    const holed = writersOf(live).writers.filter(({ appends }) => !appends);
    if (holed.length > 0)
      throw permanent(
        'LogHeld',
        `${asText(holed)} does not append: after a cut it would go on at its old place, behind a hole`,
      );
    const { changed, atRisk, counted } = copyTruncate(live, rotated);
    if (!changed)
      return {
        changed,
        note: 'Cut by an earlier attempt: what it put at risk is not known',
        remarks: [],
      };
    const note = `Copied and cut, ${counted ? 'at most' : 'about'} ${countText(atRisk, 'byte')} at risk`;
    return { changed, atRisk, note, remarks: [] };
  }
}

function left(note: string, ...remarks: string[]): Rotation {
  return { changed: false, note, remarks };
}
