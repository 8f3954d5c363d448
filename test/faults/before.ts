import type { Systems } from '../../src/activities/index.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import type { Runs } from '../support/run.ts';
import type { Example } from './example.ts';
import { onSqlite, type PlayedDatabase } from './on-sqlite.ts';

export interface Scene {
  readonly world: SqliteTarget;
  readonly systems: Systems;
  readonly runs: Runs;
  /** Missing: the file of SQLite that the world names. */
  readonly database?: PlayedDatabase;
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
export async function arrange(scene: Scene, example: Example): Promise<Before> {
  const { world, systems, runs, database = onSqlite(world) } = scene;
  await database.mark(MARKS.backedUp);
  const backup = await database.backUp();
  await database.mark(MARKS.since);
  const { rows } = await database.inspect();
  await example.prepare?.(world, runs, backup);
  const { running } = await systems.runtime.describe();
  const { integrity } = await database.inspect();
  return {
    backup,
    rows,
    running,
    leftovers: await database.leftovers(),
    damaged: integrity !== 'ok',
  };
}
