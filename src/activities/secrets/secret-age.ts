import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Secret } from '../../config/schema/security/secrets.ts';
import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { writeDurably } from '../../os/files/durable-files.ts';
import { ensurePrivate } from '../../os/files/ensure-private.ts';
import { readRotations } from './vault/rotations.ts';

export interface SecretAge {
  /** In ms. Of one that we have never replaced: since we know of it, so that it is at least as old. */
  readonly age: number;
  readonly replaced: boolean;
  readonly old: boolean;
}

/** How old a secret is, by what we know ourselves. The first time that one is asked for is noted. */
export function secretAge(
  { state }: Pick<Target, 'state'>,
  { name, maximumAge }: Pick<Secret, 'name' | 'maximumAge'>,
  now: number,
): SecretAge {
  const rotatedAt = readRotations({ state })[name];
  const since = rotatedAt ?? firstSeen(state, name, now);
  const age = Math.max(now - Date.parse(since), 0);
  return { age, replaced: rotatedAt !== undefined, old: age > inMilliseconds(maximumAge) };
}

const Seen = z.record(z.string(), z.iso.datetime());

function firstSeen(state: string, name: string, now: number): string {
  const file = join(state, 'secrets', 'first-seen.json');
  const seen = read(file);
  const known = seen[name];
  if (known !== undefined) return known;
  const at = new Date(now).toISOString();
  ensurePrivate(join(state, 'secrets'));
  writeDurably(file, `${JSON.stringify({ ...seen, [name]: at }, undefined, 2)}\n`);
  return at;
}

function read(file: string): z.infer<typeof Seen> {
  if (!existsSync(file)) return {};
  try {
    return Seen.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
