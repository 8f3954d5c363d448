import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../../config/schema/target.ts';
import { Stamp } from '../../../../config/time/stamp.ts';
import { permanent } from '../../../../os/failure.ts';
import { syncDirectory, writeDurably } from '../../../../os/files/durable-files.ts';

/** What there was before a run, for whoever puts it back. The text of a Compose file may hold secrets: only the owner may read it. */
const KeptLimits = z.object({
  live: z.object({ memory: z.number(), swap: z.number(), nanoCpus: z.number() }),
  file: z.string(),
  /** Whose owner and mode it had. */
  like: z.string(),
  /** Missing: the file was not there. */
  before: z.string().optional(),
  /** Missing: this run has written none yet. */
  after: z.string().optional(),
});
export type KeptLimits = Readonly<z.infer<typeof KeptLimits>>;

type Place = Pick<Target, 'state'>;

/** Undefined: this run has changed nothing, or has put it back. Error: `StateUnusable`. */
export function readKeptLimits(place: Place, stamp: Stamp): KeptLimits | undefined {
  let text: string;
  try {
    text = readFileSync(join(folderIn(place), nameOf(stamp)), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return KeptLimits.parse(JSON.parse(text));
  } catch {
    throw permanent(
      'StateUnusable',
      `Nobody can read what the limits were before: "${join(folderIn(place), nameOf(stamp))}"`,
    );
  }
}

/** Notes of runs that are over go. */
export function keepLimits(place: Place, stamp: Stamp, kept: KeptLimits): void {
  const folder = folderIn(place);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder).filter((one) => one !== nameOf(stamp)))
    rmSync(join(folder, name), { force: true });
  writeDurably(join(folder, nameOf(stamp)), `${JSON.stringify(kept)}\n`);
}

export function forgetLimits(place: Place, stamp: Stamp): void {
  rmSync(join(folderIn(place), nameOf(stamp)), { force: true });
  syncDirectory(folderIn(place));
}

function nameOf(stamp: Stamp): string {
  // It comes by way of Temporal.
  return `${Stamp.parse(stamp)}.json`;
}

function folderIn({ state }: Place): string {
  return join(state, 'limits');
}
