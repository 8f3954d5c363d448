import { lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Stamp } from '../../../config/time/stamp.ts';
import { namesIn } from '../../../os/files/names-in.ts';

/** A file that a run has made of a log: `<log>.<stamp>`, and `.gz` once it is compressed. */
export interface Generation {
  /** Of the run: says when it was rotated. */
  readonly stamp: Stamp;
  /** Missing once it is compressed. */
  readonly plain?: string;
  /** Beside a plain one only when a compression was cut short. */
  readonly packed?: string;
}

export const PACKED = '.gz';
export const PART = '.part';

/** As logrotate and Python name what they rotate: `.1`, `.2.gz`, `-20260105`, `.2026-01-05`, `.2026-01-05_02`. */
const PREDECESSOR =
  /^(\.\d{1,3}|-\d{8}(-?\d{2,10})?|\.\d{4}-\d{2}-\d{2}([_-]\d{2}(-\d{2}){0,2})?)(\.(gz|zst|bz2|xz))?$/;

/** What runs have made of `live`, the newest first. Links and directories of such a name are not ours. */
export function generationsOf(live: string): Generation[] {
  const found = new Map<Stamp, Generation>();
  for (const ending of endingsOf(live)) {
    const packed = ending.endsWith(PACKED);
    const stamp = ending.slice(1, packed ? -PACKED.length : undefined);
    if (!ending.startsWith('.') || !Stamp.safeParse(stamp).success) continue;
    const file = { [packed ? 'packed' : 'plain']: `${live}${ending}` };
    found.set(stamp, { ...found.get(stamp), stamp, ...file });
  }
  return [...found.values()].toSorted((one, other) => other.stamp.localeCompare(one.stamp));
}

/** What others have rotated, before it was ours to do. */
export function predecessorsOf(live: string): string[] {
  return endingsOf(live)
    .filter((ending) => PREDECESSOR.test(ending))
    .map((ending) => `${live}${ending}`);
}

/** What a run that was ended half-way was making. Whatever is in it lies elsewhere, too. */
export function partsOf(live: string): string[] {
  return endingsOf(live)
    .filter((ending) => /^\.\d{8}_\d{6}(\.gz)?\.part$/.test(ending))
    .map((ending) => `${live}${ending}`);
}

/** Of all regular files whose name begins with the log's, the rest of the name. */
function endingsOf(live: string): string[] {
  const [directory, name] = [dirname(live), basename(live)];
  return namesIn(directory)
    .filter((other) => other.startsWith(name) && other !== name)
    .filter((other) => lstatSync(join(directory, other), { throwIfNoEntry: false })?.isFile())
    .map((other) => other.slice(name.length));
}
