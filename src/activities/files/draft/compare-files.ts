import type { Target } from '../../../config/schema/target.ts';
import type { EnvChange } from '../env/merge-env.ts';
import { draftRestore, type RestoreRequest } from './draft.ts';

/** How the files of backups differ from those that are here. The whole list becomes evidence when they are staged. */
export interface Comparison {
  readonly missing: number;
  readonly changed: number;
  readonly same: number;
  /** The first of those that are missing or changed. */
  readonly names: readonly string[];
  /** Keys of environment files, never their values; with the file's path where more than one differs. */
  readonly keptKeys: readonly string[];
  readonly restoredKeys: readonly string[];
  readonly removedKeys: readonly string[];
  /** What stays out, and why: sentences. */
  readonly leftOut: readonly string[];
  readonly note: string;
}

const SHOWN = 20;
/** Of the keys that are kept, of those that are restored, of those that go. */
const MAX_KEYS = 200;

export async function compareFiles(target: Target, request: RestoreRequest): Promise<Comparison> {
  const { items, same, leftOut, environments } = await draftRestore(target, request);
  const missing = items.filter(({ state }) => state === 'missing').length;
  const changed = items.length - missing;
  const keys = (which: keyof EnvChange) => {
    const all = [...environments].flatMap(([path, change]) =>
      change[which].map((key) => (environments.size > 1 ? `${key} in ${path}` : key)),
    );
    const more = all.length - MAX_KEYS;
    return more > 0 ? [...all.slice(0, MAX_KEYS), `${more} more`] : all;
  };
  const keptKeys = keys('kept');
  const kept = keptKeys.length > 0 ? `; live values stay of ${keptKeys.join(', ')}` : '';
  return {
    missing,
    changed,
    same,
    names: items.slice(0, SHOWN).map(({ entry, state }) => `${entry.path} (${state})`),
    keptKeys,
    restoredKeys: keys('restored'),
    removedKeys: keys('removed'),
    leftOut: leftOut.slice(0, SHOWN),
    note: `${missing} missing, ${changed} changed, ${same} the same${kept}`,
  };
}
