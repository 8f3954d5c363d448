import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { at } from '../../../os/files/held/places.ts';
import { UnprovenChecks } from '../../artefact/manifest.ts';

/** What the last check of a finished backup found. It lies in the backup's own directory; its manifest is never changed. */
export const LastProof = z.strictObject({
  at: z.iso.datetime(),
  by: z.string(),
  /** Names of the checks that it passed. */
  checks: z.array(z.string()),
  /** What could not be judged here. Missing: nothing. */
  unproven: UnprovenChecks.optional(),
  /** What is wrong with it. Missing: it is as it was made. */
  damage: z.string().optional(),
});
export type LastProof = z.infer<typeof LastProof>;

const NAME = 'proof.json';

/** `backup` is the backup's directory. One that cannot be read says nothing. */
export function readLastProof(backup: string): LastProof | undefined {
  const file = join(backup, NAME);
  if (!isThere(file)) return undefined;
  try {
    return LastProof.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

export function writeLastProof(backup: string, proof: LastProof): void {
  writeDurably(join(at(backup), NAME), `${JSON.stringify(LastProof.parse(proof), null, 2)}\n`);
}
