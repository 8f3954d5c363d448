import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintOf } from '../config/fingerprint.ts';
import { Target } from '../config/schema/target.ts';
import { writeDurably } from '../os/files/durable-files.ts';

/** Policies that are kept though no run has begun by them for long: a run may wait for people. */
const KEPT = 50;

/**
 * Keeps the policy by which runs begin, `policies/<fingerprint>.json` in the state directory, so that they go on by it when the
 * target's file has changed and the worker is another one. It holds no secret. Answers its fingerprint.
 */
export function keepPolicy(target: Target): string {
  const fingerprint = fingerprintOf(target);
  const directory = directoryOf(target);
  const file = join(directory, `${fingerprint}.json`);
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(directory, { recursive: true });
    writeDurably(file, `${JSON.stringify(target, null, 2)}\n`);
    forgetOldest(directory);
  }
  return fingerprint;
}

/** Undefined: it is not kept, or not as it was. */
export function keptPolicy(target: Pick<Target, 'state'>, fingerprint: string): Target | undefined {
  try {
    const text = readFileSync(join(directoryOf(target), `${fingerprint}.json`), 'utf8');
    const written = JSON.parse(text) as Target;
    // Its name is made of what was written: one that a stranger has edited, or a disk spoilt, is another policy.
    if (fingerprintOf(written) !== fingerprint) return undefined;
    // One that an older version wrote may have got new defaults since: it is what it says, all the same.
    const kept = Target.safeParse(written);
    return kept.success && isOf(kept.data, target) ? kept.data : undefined;
  } catch {
    return undefined;
  }
}

function isOf(kept: Target, { state }: Pick<Target, 'state'>): boolean {
  return kept.state === state;
}

function directoryOf({ state }: Pick<Target, 'state'>): string {
  return join(state, 'policies');
}

function forgetOldest(directory: string): void {
  const files = readdirSync(directory)
    .filter((name) => /^[0-9a-f]{12}\.json$/.test(name))
    .map((name) => join(directory, name));
  const oldestFirst = files
    .map((file) => ({ file, at: statSync(file).mtimeMs }))
    .toSorted((one, other) => one.at - other.at);
  for (const { file } of oldestFirst.slice(0, -KEPT)) rmSync(file, { force: true });
}
