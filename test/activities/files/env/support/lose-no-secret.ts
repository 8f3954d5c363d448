import { fc } from '@fast-check/vitest';
import { type EnvMerge, mergeEnv } from '../../../../../src/activities/files/env/merge-env.ts';
import { secretKeys } from '../../../../../src/activities/files/env/secret-keys.ts';
import { Backups } from '../../../../../src/config/schema/backups.ts';
import { type Pair, pair } from './random-pairs.ts';
import type { Found, Reader } from './real-readers.ts';

export interface Tally {
  /** Brought together, and refused. */
  readonly merged: number;
  readonly refused: number;
  /** Live secrets that a reader found, one by one, and of them those that a word was said of. */
  readonly secrets: number;
  readonly named: number;
  /** What the reader does not find any more as it was, and nobody was told: the key, and live, backup and merged file. */
  readonly lost: readonly string[];
}

const policy = Backups.parse({}).secrets;
const isSecret = secretKeys(policy);

/** Merges random pairs, and asks a program that reads such files, not us, whether each live secret is as it was. */
export async function loseNoSecret(
  read: Reader,
  { pairs, seed }: { pairs: number; seed: number },
): Promise<Tally> {
  const all = fc.sample(pair, { numRuns: pairs, seed });
  const merges = all.flatMap((one) => {
    const merge = attempt(one);
    return merge ? [{ ...one, merge }] : [];
  });
  const before = await read(merges.map(({ live }) => live));
  const after = await read(merges.map(({ merge }) => merge.bytes));
  const judged = merges.flatMap((one, index) =>
    secretsIn(before[index]).map(([key, value]) => ({
      ...one,
      key,
      isSame: [after[index]?.[key], after[index]?.[plain(key)]].includes(value),
      isNamed: [one.merge.restored, one.merge.removed].flat().includes(plain(key)),
    })),
  );
  return {
    merged: merges.length,
    refused: all.length - merges.length,
    secrets: judged.length,
    named: judged.filter(({ isSame, isNamed }) => !isSame && isNamed).length,
    lost: judged
      .filter(({ isSame, isNamed }) => !isSame && !isNamed)
      .map(({ key, live, backup, merge }) =>
        [key, shown(live), shown(backup), shown(merge.bytes)].join('\n'),
      ),
  };
}

function attempt({ backup, live }: Pair): EnvMerge | undefined {
  try {
    return mergeEnv({ path: '.env', backup, live, secrets: 'keep', policy });
  } catch (error) {
    if ((error as { type?: string }).type === 'EnvUnreadable') return undefined;
    throw error;
  }
}

function secretsIn(found: Found): [string, string][] {
  return Object.entries(found ?? {}).filter(
    ([key, value]) => value !== '' && isSecret(plain(key), value) && !hasTwin(key),
  );

  /** With the mark, and without: nobody asks for the one with it. */
  function hasTwin(key: string): boolean {
    return plain(key) !== key && found![plain(key)] !== undefined;
  }
}

/** Some readers take a byte order mark for a part of the first name. */
function plain(key: string): string {
  return key.replace(/^\uFEFF/, '');
}

function shown(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1'));
}
