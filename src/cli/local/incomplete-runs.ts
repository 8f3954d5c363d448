import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { places, reading, unfinishedIn } from '../../state/claim-database.ts';
import { expectHere } from './beside-target.ts';

/** A run that had the target and may have left something incomplete on it. */
export interface IncompleteRun {
  /** A workflow id. */
  readonly run: string;
  /** Since when it had the target. ISO 8601, UTC. */
  readonly since: string;
  /**
   * `left`: another run has found it dead, and could not put right what it left. `ended`: it holds the target and is over.
   * `open`: it works, and nothing is wrong. `unknown`: it holds the target, and only Temporal knows whether it still runs.
   */
  readonly state: 'left' | 'ended' | 'open' | 'unknown';
  /** What it made or put aside, and lies there now. */
  readonly files: readonly string[];
}

/** Answers whether a run is open. Undefined: nobody knows now. */
export type IsOpen = (run: string) => Promise<boolean | undefined>;

/** Reads what the target's claim remembers: this needs no Temporal. Nothing is changed. Error: `UsageError` on another host. */
export async function incompleteRuns(target: Target, isOpen: IsOpen): Promise<IncompleteRun[]> {
  expectHere(target);
  const file = join(target.state, 'claim.db');
  if (!existsSync(file)) return [];
  const { left, held } = await reading(file, (db) => ({
    left: unfinishedIn(db),
    held: places(db),
  }));
  const holders = held.map(async ({ holder, since, stamp }): Promise<IncompleteRun> => {
    const open = await isOpen(holder);
    const state = open === undefined ? 'unknown' : open ? 'open' : 'ended';
    return { run: holder, since, state, files: filesOf(target, stamp) };
  });
  return [
    ...left.map(({ run, since, stamp }) => {
      const files = filesOf(target, stamp);
      return { run, since, state: 'left' as const, files };
    }),
    ...(await Promise.all(holders)),
  ];
}

function filesOf({ database, backups }: Target, stamp: string): string[] {
  const name = basename(database.file);
  const beside = namesIn(dirname(database.file)).filter(
    (file) => file.startsWith(`${name}.`) && file.includes(stamp),
  );
  // A finished backup of that stamp is no loose end.
  const making = namesIn(backups.directory).filter(
    (file) => file.includes(stamp) && file !== stamp,
  );
  return [
    ...beside.map((file) => join(dirname(database.file), file)),
    ...making.map((file) => join(backups.directory, file)),
  ];
}

function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
