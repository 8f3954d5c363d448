import { join } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { places, reading, unfinishedIn } from '../../state/claim-database.ts';
import { expectHere } from './beside-target.ts';
import { applicationText, type Remains, remainsOf } from './repair-preview.ts';
import { isThere } from '../../os/files/file-facts.ts';

/** A run that had the target and may have left something incomplete on it. */
export interface IncompleteRun extends Remains {
  /** A workflow id. */
  readonly run: string;
  /** Since when it had the target. ISO 8601, UTC. */
  readonly since: string;
  /**
   * `left`: another run has found it dead, and could not put right what it left. `ended`: it holds the target and is over.
   * `open`: it works, and nothing is wrong. `unknown`: it holds the target, and only Temporal knows whether it still runs.
   */
  readonly state: 'left' | 'ended' | 'open' | 'unknown';
  /** What the application does now, and what a repair does about that: a sentence. */
  readonly application: string;
}

/** Answers whether a run is open. Undefined: nobody knows now. */
export type IsOpen = (run: string) => Promise<boolean | undefined>;

/** Reads what the target's claim remembers: this needs no Temporal. Nothing is changed. Error: `UsageError` on another host. */
export async function incompleteRuns(target: Target, isOpen: IsOpen): Promise<IncompleteRun[]> {
  expectHere(target);
  const file = join(target.state, 'claim.db');
  if (!isThere(file)) return [];
  const { left, held } = await reading(file, (db) => ({
    left: unfinishedIn(db),
    held: places(db),
  }));
  if (left.length + held.length === 0) return [];
  const application = await applicationText(target);
  const holders = held.map(async ({ holder, since, stamp }): Promise<IncompleteRun> => {
    const open = await isOpen(holder);
    const state = open === undefined ? 'unknown' : open ? 'open' : 'ended';
    return { run: holder, since, state, ...remainsOf(target, stamp), application };
  });
  return [
    ...left.map(({ run, since, stamp }) => {
      const remains = remainsOf(target, stamp);
      return { run, since, state: 'left' as const, ...remains, application };
    }),
    ...(await Promise.all(holders)),
  ];
}
