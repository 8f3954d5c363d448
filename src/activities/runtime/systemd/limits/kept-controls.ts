import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../../config/schema/target.ts';
import { Stamp } from '../../../../config/time/stamp.ts';
import { permanent } from '../../../../os/failure.ts';
import { syncDirectory, writeDurably } from '../../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../../os/files/ensure-private.ts';

/** What there was before a run, for whoever puts it back. */
const KeptControls = z.object({
  stamp: Stamp,
  /** As systemd takes them: bytes or `infinity`, `50%` or nothing. */
  live: z.object({ memory: z.string(), cpus: z.string() }),
  files: z.record(z.string(), z.string().nullable()),
  /** Of what the run itself has written there last. */
  written: z.record(z.string(), z.string().nullable()).optional(),
});
export type KeptControls = Readonly<z.infer<typeof KeptControls>>;

type Place = Pick<Target, 'state'>;

/** Undefined: this run has changed nothing, or has put it back. Error: `StateUnusable`. */
export function readKeptControls(place: Place, stamp: Stamp): KeptControls | undefined {
  let text: string;
  try {
    text = readFileSync(fileIn(place), 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const kept = KeptControls.parse(JSON.parse(text));
    return kept.stamp === stamp ? kept : undefined;
  } catch {
    throw permanent(
      'StateUnusable',
      `Nobody can read what the limits were before: "${fileIn(place)}"`,
    );
  }
}

/** That of a run that is over goes. */
export function keepControls(place: Place, kept: KeptControls): void {
  ensurePrivate(place.state);
  writeDurably(fileIn(place), `${JSON.stringify(kept)}\n`);
}

export function forgetControls(place: Place): void {
  rmSync(fileIn(place), { force: true });
  syncDirectory(place.state);
}

function fileIn({ state }: Place): string {
  return join(state, 'unit-limits.json');
}
