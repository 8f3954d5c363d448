import type { Target } from '../../../config/schema/target.ts';
import {
  type Assignment,
  assignmentsOf,
  isAssignment,
  isUnclear,
  type Piece,
  readEnvFile,
  textOf,
  writeEnvFile,
} from '../../../os/env-file/env-file.ts';
import { referencesOf } from '../../../os/env-file/references.ts';
import { expectMergeable, expectMerged } from './expect-merged.ts';
import { secretKeys } from './secret-keys.ts';
import { withLive } from './with-live.ts';

/** What becomes of the keys of an environment file. Names only: a value never leaves this folder. */
export interface EnvChange {
  /** Their live assignment stays: it is a secret, or the backup does not know the key. */
  readonly kept: readonly string[];
  /** They get the backup's. */
  readonly restored: readonly string[];
  /** They are in the live file only, and go. */
  readonly removed: readonly string[];
}

export interface EnvMerge extends EnvChange {
  readonly bytes: Buffer;
}

export interface EnvRequest {
  /** For messages. */
  readonly path: string;
  readonly backup: Buffer;
  readonly live: Buffer;
  readonly secrets: 'keep' | 'restore';
  readonly policy: Target['backups']['secrets'];
}

/**
 * The backup's file, with the live assignments of secrets in it unless they are to be restored, too: a password that was
 * changed since is the one that other systems know. Comments and order are the backup's; a byte order mark stays as it is
 * live. Assignments are compared and brought as bytes. Error: `EnvUnreadable`.
 */
export function mergeEnv({ path, backup, live, secrets, policy }: EnvRequest): EnvMerge {
  const [from, to] = [readEnvFile(live), readEnvFile(backup)];
  const [now, then] = [assignmentsOf(from), assignmentsOf(to)];
  const differing = [...new Set([...then.keys(), ...now.keys()])].filter(
    (name) => rawOf(now, name) !== rawOf(then, name),
  );
  // A file that was emptied, or overwritten by nothing, holds nothing to keep.
  const holdsNothing = from.pieces.every(
    (piece) => (isUnclear(piece) && piece.isVoid) || !holdsSomething(piece),
  );
  if (secrets === 'restore' || holdsNothing) return { bytes: backup, ...changeOf([]) };

  const isSecret = secretKeys(policy);
  const secretNames = [...now.keys()].filter((name) => hasValue(name) && looksSecret(name));
  const referred = referredToBy([...secretNames, ...differing.filter(stays)]);
  const kept = differing.filter((name) => stays(name) || (referred.has(name) && now.has(name)));
  const staying = new Set([...secretNames, ...kept, ...referred]);
  expectMergeable(path, { live: from, backup: to });
  const merged = withLive(kept, { live: from, backup: to });
  expectMerged(path, { live: from, backup: to, merged, staying });
  return { bytes: writeEnvFile(merged), ...changeOf(kept) };

  /** A value that is gone from the live file is damage, not news. */
  function stays(name: string): boolean {
    return hasValue(name) && (!then.has(name) || looksSecret(name));
  }

  function hasValue(name: string): boolean {
    return now.get(name)?.some(({ isEmpty }) => !isEmpty) ?? false;
  }

  function looksSecret(name: string): boolean {
    const all = [...(now.get(name) ?? []), ...(then.get(name) ?? [])];
    return all.some(({ value }) => isSecret(textOf(name), value));
  }

  /** `URL=postgres://${USER}:${PASSWORD}@db` is a secret of three parts. So may be what is unclear. */
  function referredToBy(names: readonly string[]): Set<string> {
    const unclear = from.pieces.filter(isUnclear).map(({ raw }) => raw);
    const values = (name: string) => (now.get(name) ?? []).map(({ value }) => value);
    const all = new Set([...names.flatMap(values), ...unclear].flatMap(referencesOf));
    for (const name of all) for (const other of values(name).flatMap(referencesOf)) all.add(other);
    return all;
  }

  function changeOf(names: readonly string[]): EnvChange {
    const those = new Set(names);
    const others = differing.filter((name) => !those.has(name));
    return {
      kept: forPeople(names),
      restored: forPeople(others.filter((name) => then.has(name))),
      removed: forPeople(others.filter((name) => !then.has(name))),
    };
  }
}

function holdsSomething(piece: Piece): boolean {
  return isAssignment(piece) ? !piece.isEmpty : isUnclear(piece);
}

function rawOf(assignments: ReadonlyMap<string, readonly Assignment[]>, name: string): string {
  return JSON.stringify(assignments.get(name)?.map(({ raw }) => raw));
}

const MAX_NAME = 64;

function forPeople(names: readonly string[]): string[] {
  return names.map((name) => textOf(name).slice(0, MAX_NAME)).toSorted();
}
