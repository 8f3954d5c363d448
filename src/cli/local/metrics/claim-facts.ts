import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Target } from '../../../config/schema/target.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { places, unfinishedIn } from '../../../state/claim-database.ts';
import { automationOffIn } from '../../../state/governor.ts';

/** What a target's claim says of runs and of automation. */
export interface ClaimFacts {
  /** The runs that have the target: one that Temporal holds for ended has left it dirty. */
  readonly holders: readonly string[];
  /** Whether a run is known that ended without releasing the target. */
  readonly dirty: boolean;
  /** Since when automation is off, in s since 1970. Missing: it is not. */
  readonly offSince?: number;
}

/** In ms. Whoever writes the claim does so for some of them; a run that acts keeps nobody from reading. */
const TIMEOUT = 1000;

/** Reads only: a target that nobody ever claimed stays untouched. Errors: SQLite's. */
export function claimFacts({ state }: Pick<Target, 'state'>, now: number): ClaimFacts {
  const file = join(state, 'claim.db');
  if (!isThere(file)) return { holders: [], dirty: false };
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: TIMEOUT });
  try {
    const off = automationOffIn(db, new Date(now));
    return {
      holders: places(db).map(({ holder }) => holder),
      dirty: unfinishedIn(db).length > 0,
      ...(off && { offSince: Date.parse(off.since) / 1000 }),
    };
  } finally {
    db.close();
  }
}
