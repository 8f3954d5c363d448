import type { Target } from '../../../config/schema/target.ts';
import { draftRestore, type RestoreRequest } from './draft.ts';

/** How the files of backups differ from those that are here. The whole list becomes evidence when they are staged. */
export interface Comparison {
  readonly missing: number;
  readonly changed: number;
  readonly same: number;
  /** The first of those that are missing or changed. */
  readonly names: readonly string[];
  /** Keys of environment files, never their values. */
  readonly keptKeys: readonly string[];
  readonly restoredKeys: readonly string[];
  readonly removedKeys: readonly string[];
  /** What stays out, and why: sentences. */
  readonly leftOut: readonly string[];
  readonly note: string;
}

const SHOWN = 20;

export async function compareFiles(target: Target, request: RestoreRequest): Promise<Comparison> {
  const { items, same, leftOut } = await draftRestore(target, request);
  const missing = items.filter(({ state }) => state === 'missing').length;
  const changed = items.length - missing;
  const keys = (which: 'kept' | 'restored' | 'removed') =>
    items.flatMap(({ env }) => env?.[which] ?? []).slice(0, SHOWN);
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
