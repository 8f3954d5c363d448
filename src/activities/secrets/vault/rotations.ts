import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../config/schema/target.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';

/** When each secret was last replaced by us, by its name. ISO 8601, UTC. */
const Rotations = z.record(z.string(), z.iso.datetime());
type Rotations = z.infer<typeof Rotations>;

type Place = Pick<Target, 'state'>;

export function readRotations({ state }: Place): Rotations {
  const file = join(state, 'secrets', 'rotations.json');
  if (!existsSync(file)) return {};
  try {
    return Rotations.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {}; // Of which nothing is known, it is not said to be young.
  }
}

export function noteRotation(place: Place, name: string, at: string): void {
  const directory = join(place.state, 'secrets');
  ensurePrivate(directory);
  const all = { ...readRotations(place), [name]: at };
  writeDurably(join(directory, 'rotations.json'), `${JSON.stringify(all, undefined, 2)}\n`);
}
