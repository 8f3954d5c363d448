import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../config/schema/target.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';

/** What an application ran on when it was started and proven. */
const KnownGood = z.object({
  /** ISO 8601, UTC. */
  at: z.iso.datetime(),
  run: z.string(),
  /** Of its container. Missing for a process. */
  image: z.object({ name: z.string(), id: z.string() }).optional(),
  /** SHA-256 of each file of its configuration, by its path. Missing: its container was made of others than lie there. */
  files: z.record(z.string(), z.string()).optional(),
});
export type KnownGood = Readonly<z.infer<typeof KnownGood>>;

/** So many stay. */
const MOST = 5;

type Place = Pick<Target, 'state'>;

/** The newest last. A record that cannot be read says nothing: the next start makes it anew. */
export function readKnownGood(place: Place): readonly KnownGood[] {
  try {
    return z.array(KnownGood).parse(JSON.parse(readFileSync(fileIn(place), 'utf8')));
  } catch {
    return [];
  }
}

/** A run that asks again replaces its own. */
export function addKnownGood(place: Place, one: KnownGood): void {
  const others = readKnownGood(place).filter(({ run }) => run !== one.run);
  ensurePrivate(place.state);
  writeDurably(fileIn(place), `${JSON.stringify([...others, one].slice(-MOST))}\n`);
}

function fileIn({ state }: Place): string {
  return join(state, 'known-good.json');
}
