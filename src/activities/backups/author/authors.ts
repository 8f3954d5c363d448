import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Manifest } from '../../artefact/manifest.ts';
import { ensureSigningKey, keysOf, publicKeyIn } from '../../../os/sign/signing-key.ts';

/** What a target says about its backups, and where what is ours lies. */
export type Stocked = Pick<Target, 'backups' | 'state'>;

/** What a manifest is signed for: `ssh-keygen -Y verify -n backup@durable-runbooks`. */
export const BACKUP_NAMESPACE = 'backup@durable-runbooks';

type Demand = NonNullable<Target['backups']['trust']['demand']>[number];

/** Whose backups count, of one target. */
export interface Authors {
  /** What a backup must have. Empty: nothing. */
  readonly demand: readonly Demand[];
  /** Public keys as OpenSSH writes them, and whose each is. */
  readonly known: ReadonlyMap<string, string>;
  /** Where it is kept what lay there before anything was signed. */
  readonly keys: string;
  /** Why our own key cannot be used. */
  readonly trouble?: string;
}

export function authorsOf({ backups, state }: Stocked): Authors {
  const { trust, encryption } = backups;
  // Whoever wants backups encrypted has more to lose than bytes, and can prove what is older by the key.
  const demand = trust.demand ?? (encryption ? ['signature' as const] : []);
  const known = new Map(trust.signers.map((line) => [publicPart(line), commentOf(line)]));
  const keys = keysOf(state);
  try {
    const own = publicKeyIn(keys);
    if (own !== undefined) known.set(own, 'this host');
    return { demand, known, keys };
  } catch (error) {
    return { demand, known, keys, trouble: (error as Error).message };
  }
}

/** What this host signs the backups of a target with, as OpenSSH writes it. Error: `KeyWrong`. */
export function ownPublicKey({ state }: Pick<Stocked, 'state'>): string {
  return ensureSigningKey(keysOf(state)).publicKey;
}

/** `SHA256:...`, as `ssh-keygen -l` shows a key. */
export function fingerprintOf(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

/** All that is stored of it. */
export function isEncrypted({ database, archives }: Manifest): boolean {
  return [database, ...archives].every(({ stored }) => stored.encryption !== undefined);
}

/** Which backups of a place lay there when signing began. */
export function firstUseFile(keys: string, place: string): string {
  const name = createHash('sha256').update(place).digest('hex').slice(0, 32);
  return join(keys, `backups-before-${name}.json`);
}

function publicPart(line: string): string {
  return line.trim().split(/\s+/).slice(0, 2).join(' ');
}

function commentOf(line: string): string {
  return line.trim().split(/\s+/).slice(2).join(' ') || fingerprintOf(line);
}
