import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../config/schema/target.ts';
import { Stamp } from '../../config/time/stamp.ts';
import { permanent } from '../../os/failure.ts';
import { syncDirectory, writeDurably } from '../../os/files/durable-files.ts';
import { ensurePrivate } from '../../os/files/ensure-private.ts';

/** Sums of a table, as text: see `activities/migration/compare`. */
const TableHash = z.object({ rows: z.string(), high: z.string(), low: z.string() });

/** A SQLite database whose application works on PostgreSQL since. */
const Migrated = z.object({
  version: z.literal(1),
  run: z.string(),
  stamp: Stamp,
  /** ISO 8601, UTC. */
  at: z.string(),
  /** Where the database lay, and lies. */
  file: z.string(),
  kept: z.string(),
  /** Its permissions and journal mode of before. */
  mode: z.int(),
  journalMode: z.enum(['wal', 'delete']),
  /** `leaving`: to PostgreSQL, and there. `returning`: the database of SQLite is about to have its place again. */
  state: z.enum(['leaving', 'returning']),
  /** Of each table at the moment of the switch. */
  tables: z.record(z.string(), TableHash),
  /** The line of the environment file of before. Null: there was none. Missing: none is edited. */
  before: z.string().nullable().optional(),
});
type MigratedRecord = z.infer<typeof Migrated>;

/** `note`: one sentence for whoever looks for the database. */
export type Migrated = Readonly<MigratedRecord> & { readonly note: string };

type Place = Pick<Target, 'name' | 'state'>;

/** Undefined: the database of SQLite was never left. Error: `StateUnusable`, for then nobody may think that. */
export function readMigrated(target: Place): Migrated | undefined {
  const file = fileIn(target);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A process without rights on the state directory does nothing to the database either.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return undefined;
    throw unreadable(file, error);
  }
  try {
    const record = Migrated.parse(JSON.parse(text));
    return { ...record, note: noteOf(target, record) };
  } catch (error) {
    throw unreadable(file, error);
  }
}

export function writeMigrated(target: Place, record: MigratedRecord): void {
  ensurePrivate(target.state);
  writeDurably(fileIn(target), `${JSON.stringify(Migrated.parse(record))}\n`);
}

export function removeMigrated(target: Place): void {
  rmSync(fileIn(target), { force: true });
  syncDirectory(target.state);
}

function noteOf({ name }: Place, { at, kept, state, run }: MigratedRecord): string {
  return state === 'returning'
    ? `Its application is on the way back from PostgreSQL: run migrate-to-postgres again (runbook start migrate-to-postgres -t ${name} --phase go-back)`
    : `Its application works on PostgreSQL since ${at} (${run}), and this database is of that time, as "${kept}": say "kind: postgres" in "database" of the target's file, or go back with runbook start migrate-to-postgres -t ${name} --phase go-back`;
}

function unreadable(file: string, error: unknown): Error {
  const why =
    error instanceof z.ZodError ? 'it is no record of a migration' : (error as Error).message;
  return permanent(
    'StateUnusable',
    `Cannot read "${file}": ${why}. It says on which database the application works: put it back from a backup of the state directory, or remove it when that is SQLite`,
  );
}

function fileIn({ state }: Place): string {
  return join(state, 'migrated.json');
}
