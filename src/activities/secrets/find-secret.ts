import { randomBytes } from 'node:crypto';
import type { Secret } from '../../config/schema/security/secrets.ts';
import type { Target } from '../../config/schema/target.ts';
import { permanent } from '../../os/failure.ts';
import { type Holder, holderOf } from './holders/holder.ts';
import { type Provider, providerOf } from './providers/provider.ts';
import { readRotations } from './vault/rotations.ts';

export type Secretive = Pick<
  Target,
  'name' | 'directory' | 'state' | 'runsAs' | 'secrets' | 'runtime'
>;

export interface OpenSecret {
  readonly secret: Secret;
  readonly provider: Provider;
  readonly holder: Holder;
}

/** What a run may know of a secret: no value, and nothing that a value could be told by. */
export interface FoundSecret {
  /** Where the application finds it. */
  readonly where: string;
  /** Who takes it. */
  readonly holder: string;
  /** Whether who takes it takes the old one and the new one for a while. */
  readonly overlaps: boolean;
  /** When we have replaced it last. ISO 8601, UTC. */
  readonly rotatedAt?: string;
  readonly note: string;
}

/** Error: `InvalidInput` when the target names no such secret. */
export function openSecret(target: Secretive, name: string): OpenSecret {
  const secret = target.secrets.find((one) => one.name === name);
  if (secret)
    return { secret, provider: providerOf(target, secret), holder: holderOf(target, secret) };
  const names = target.secrets.map((one) => one.name);
  const there = names.length === 0 ? 'it names none' : `it names ${names.join(', ')}`;
  throw permanent(
    'InvalidInput',
    `Cannot find secret "${name}" in "secrets" of "${target.name}": ${there}`,
  );
}

/**
 * Demands a secret that can be replaced: one value that all readers take for the same, by which a login succeeds now, and with anything else
 * fails. Without the last, no login would prove anything. Errors: `InvalidInput`, `SecretUnclear`, `SecretUnproven`.
 */
export async function findSecret(target: Secretive, name: string): Promise<FoundSecret> {
  const { provider, holder } = openSecret(target, name);
  const now = await holder.login(await provider.read());
  if (now === 'refused')
    throw permanent(
      'SecretUnproven',
      `${holder.place} refuses what stands in ${provider.place}: that is not the secret in use, and nothing is changed`,
    );
  if ((await holder.login(newValue())) === 'accepted')
    throw permanent(
      'SecretUnproven',
      `${holder.place} takes any secret, so that no login proves one: nothing is changed`,
    );
  const rotatedAt = readRotations(target)[name];
  const age =
    rotatedAt === undefined ? 'never replaced by us' : `replaced on ${rotatedAt.slice(0, 10)}`;
  return {
    where: provider.place,
    holder: holder.place,
    overlaps: holder.takes === 'both',
    ...(rotatedAt !== undefined && { rotatedAt }),
    note: `${provider.place}, taken by ${holder.place}, ${age}`,
  };
}

/** 256 bits, in letters that every reader of an environment file, every shell and every URL leaves alone. */
export function newValue(): string {
  return randomBytes(32).toString('base64url');
}
