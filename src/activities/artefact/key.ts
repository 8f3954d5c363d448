import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { permanent } from '../../os/failure.ts';

export interface Key {
  /** How the target names it. */
  readonly name: string;
  /** The first encrypts, all of them open. They never leave the process that reads them. */
  readonly identities: readonly [string, ...string[]];
}

/** The key of the target's backups. Undefined when they are not encrypted. Errors: `KeyMissing`, `KeyWrong`. */
export async function readKey({ directory, backups }: Target): Promise<Key | undefined> {
  const name = backups.encryption?.key;
  if (name === undefined) return undefined;
  const [first, ...others] = linesOf(name, resolve(directory, name.slice('file:'.length)));
  if (first === undefined)
    throw permanent('KeyWrong', `Cannot use the key "${name}": it holds no AGE-SECRET-KEY line`);
  const { identityToRecipient } = await import('age-encryption');
  // The library's own message would quote the key.
  for (const identity of [first, ...others])
    await identityToRecipient(identity).catch(() => {
      throw permanent('KeyWrong', `Cannot use the key "${name}": one of its lines is no age key`);
    });
  return { name, identities: [first, ...others] };
}

function linesOf(name: string, file: string): string[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'it is missing' : `${code}`;
    throw permanent('KeyMissing', `Cannot read the key "${name}" of the backups: ${why}`);
  }
}
