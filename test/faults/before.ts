import type { Systems } from '../../src/activities/index.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { SAMPLE_TABLE } from '../../src/dev/demo/sample-database.ts';
import { withDatabase } from '../support/live-database.ts';
import { addMark } from '../support/marks.ts';
import type { Runs } from '../support/run.ts';
import { takeBackup } from '../support/take-backup.ts';
import type { Example } from './example.ts';
import { leftovers } from './leftovers.ts';

export interface Scene {
  readonly world: SqliteTarget;
  readonly systems: Systems;
  readonly runs: Runs;
}

/** What there was when the run began. */
export interface Before {
  /** The backup that was taken before the second mark. */
  readonly backup: string;
  /** Rows of the live database after the second mark: an all-old database has no fewer. */
  readonly rows: number;
  /** Whether the application ran. */
  readonly running: boolean;
  readonly leftovers: readonly string[];
  /** Whether its integrity had failed: an all-old database has the same fault. */
  readonly damaged: boolean;
}

export const MARKS = { backedUp: 'before the backup', since: 'since the backup' } as const;

/** Takes a backup between two marks: which of them the live database bears tells the old one from the restored one. */
export async function arrange({ world, systems, runs }: Scene, example: Example): Promise<Before> {
  addMark(world, MARKS.backedUp);
  const backup = await takeBackup(world);
  addMark(world, MARKS.since);
  const { rows } = inspect(world);
  await example.prepare?.(world, runs, backup);
  const { running } = await systems.runtime.describe();
  const damaged = inspect(world).integrity !== 'ok';
  return { backup, rows, running, leftovers: leftovers(world), damaged };
}

export interface Seen {
  readonly rows: number;
  readonly lastId: number;
  readonly marks: string;
  readonly integrity: unknown;
}

/** The live database as of one moment. */
export function inspect(target: SqliteTarget): Seen {
  return withDatabase(target, (db) => {
    const seen = db
      .prepare(
        `select count(*) as rows, max(id) as lastId,
           group_concat(case region when 'mark' then note end, ', ') as marks from ${SAMPLE_TABLE}`,
      )
      .get() as Omit<Seen, 'integrity'>;
    return { ...seen, integrity: db.pragma('integrity_check', { simple: true }) };
  });
}
