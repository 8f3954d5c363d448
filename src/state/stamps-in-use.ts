import { join } from 'node:path';
import type { Target } from '../config/schema/target.ts';
import type { Stamp } from '../config/time/stamp.ts';
import { places, reading, unfinishedIn } from './claim-database.ts';
import { isThere } from '../os/files/file-facts.ts';

/** Of the runs that have the target, and of those that ended without releasing it. */
export async function stampsInUse({ state }: Pick<Target, 'state'>): Promise<ReadonlySet<Stamp>> {
  const file = join(state, 'claim.db');
  if (!isThere(file)) return new Set();
  const runs = await reading(file, (db) => [...places(db), ...unfinishedIn(db)]);
  return new Set(runs.map(({ stamp }) => stamp));
}
