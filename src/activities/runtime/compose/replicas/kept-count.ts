import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../../config/schema/target.ts';
import { Stamp } from '../../../../config/time/stamp.ts';
import { permanent } from '../../../../os/failure.ts';
import { syncDirectory, writeDurably } from '../../../../os/files/durable-files.ts';

/** What there was before a run, for whoever puts it back. The text of a Compose file may hold secrets: only the owner may read it. */
const KeptCount = z.strictObject({
  count: z.int().min(1).max(100),
  file: z.string(),
  /** Whose owner and mode it had. */
  like: z.string(),
  /** Missing: the file was not there. */
  before: z.string().optional(),
  /** Missing: this run has written none yet. */
  after: z.string().optional(),
});
export type KeptCount = Readonly<z.infer<typeof KeptCount>>;

type Place = Pick<Target, 'state'>;

/** Undefined: this run has changed nothing, or has put it back. Error: `StateUnusable`. */
export function readKeptCount(place: Place, stamp: Stamp): KeptCount | undefined {
  const file = fileOf(place, stamp);
  try {
    return KeptCount.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw permanent('StateUnusable', `Nobody can read how many replicas there were: "${file}"`);
  }
}

export function keepCount(place: Place, stamp: Stamp, kept: KeptCount): void {
  mkdirSync(folderIn(place), { recursive: true, mode: 0o700 });
  writeDurably(fileOf(place, stamp), `${JSON.stringify(kept)}\n`);
}

export function forgetCount(place: Place, stamp: Stamp): void {
  rmSync(fileOf(place, stamp), { force: true });
  syncDirectory(folderIn(place));
}

function fileOf(place: Place, stamp: Stamp): string {
  // It comes by way of Temporal.
  return join(folderIn(place), `${Stamp.parse(stamp)}.json`);
}

function folderIn({ state }: Place): string {
  return join(state, 'replicas');
}
