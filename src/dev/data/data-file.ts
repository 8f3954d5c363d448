import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { places } from '../../config/places.ts';
import { quoted } from '../../config/text/quoted.ts';
import { SIDECARS } from '../../os/files/sqlite-sidecars.ts';
import { Stamp, stampAfter, stampOf } from '../../config/time/stamp.ts';

/** What to type about a file: `runbook temporal <words>`, with where it is when that is not where it is by default. */
export function typed(words: string, dataFile: string): string {
  const isUsual = dataFile === join(places().data, 'temporal.db');
  const where = isUsual
    ? ''
    : ` --data ${/^[\w./-]+$/.test(dataFile) ? dataFile : quoted(dataFile)}`;
  return `runbook temporal ${words}${where}`;
}

/** Where the copies of the file of an embedded server lie, such as `temporal.db.copies`. */
export function copiesOf(dataFile: string): string {
  return `${dataFile}.copies`;
}

export interface DataCopy {
  readonly stamp: Stamp;
  readonly file: string;
  readonly bytes: number;
}

/** The newest first. One that is not complete has no such name. */
export function listCopies(dataFile: string): DataCopy[] {
  return namesIn(copiesOf(dataFile))
    .flatMap((name) => {
      const stamp = Stamp.safeParse(name.slice(0, -'.db'.length)).data;
      const file = join(copiesOf(dataFile), name);
      const found = name.endsWith('.db') && statSync(file, { throwIfNoEntry: false });
      return stamp !== undefined && found && found.isFile()
        ? [{ stamp, file, bytes: found.size }]
        : [];
    })
    .toSorted((one, other) => (one.stamp < other.stamp ? 1 : -1));
}

/** A stamp that is after each that was given: copies keep their order where the clock was set back. */
export function nextStamp(taken: readonly Stamp[]): Stamp {
  const now = stampOf(new Date());
  const last = taken.toSorted().at(-1);
  return last !== undefined && last >= now ? stampAfter(last) : now;
}

/** Files of that database which were put aside: `temporal.db.before-<stamp>`. */
export function asideOf(dataFile: string): string[] {
  const start = `${basename(dataFile)}.before-`;
  return namesIn(dirname(dataFile))
    .filter((name) => name.startsWith(start) && !SIDECARS.some((end) => name.endsWith(end)))
    .toSorted()
    .map((name) => join(dirname(dataFile), name));
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
