import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApplicationFailure } from '@temporalio/common';
import type { BackupClass } from '../../../../src/activities/artefact/manifest.ts';
import type { Backup } from '../../../../src/activities/backups/catalogue/backup-store.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { fill, ROWS, targetIn } from '../../../support/target.ts';
import { addRows } from './database-files.ts';
import { BACKUP, RUN, STAMP, systemsOf } from './scenarios.ts';

/** How many rows the live database has and its backup has not, in `withOlderBackup`. */
export const NEWER = 7;

interface BackUpOptions {
  readonly stamp?: string;
  readonly kind?: BackupClass;
  readonly run?: string;
  /** With the files that the daily policy names. */
  readonly files?: boolean;
}

/** A backup of the live database as it is, made by the activities themselves. */
export async function backUp(
  target: SqliteTarget,
  { stamp = BACKUP, kind = 'daily', run = RUN, files = false }: BackUpOptions = {},
): Promise<Backup> {
  const { backups } = systemsOf(target, run);
  await backups.snapshot(stamp);
  await backups.store(stamp);
  const proof = await backups.verify(stamp);
  if (files) await backups.archive('daily', stamp);
  return backups.seal(stamp, kind, proof);
}

/** A backup of ROWS rows, and a live database that has NEWER more. */
export async function withOlderBackup(target: SqliteTarget): Promise<Backup> {
  const backup = await backUp(target);
  addRows(target.database.file, NEWER);
  return backup;
}

/** A live database that is the restored backup, and its old files kept. */
export async function restored(target: SqliteTarget) {
  const { database } = systemsOf(target);
  const staged = await database.stage(await withOlderBackup(target), STAMP);
  await database.keep(STAMP, { verdict: 'sound' });
  await database.swap(staged);
  return { staged, database };
}

/** A target that is not bound to one test: for what needs many of them. */
export async function withTarget(
  journal: 'WAL' | 'DELETE',
  use: (target: SqliteTarget) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'target-'));
  try {
    await use(furnishedIn(directory, journal));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export function furnishedIn(directory: string, journal: 'WAL' | 'DELETE'): SqliteTarget {
  const target = targetIn(directory);
  mkdirSync(target.backups.directory);
  mkdirSync(target.state);
  fill(target.database.file, ROWS, journal);
  return target;
}

/** Names in the target's directory and below the backups, to see that nothing else was left. */
export function namesIn(directory: string): string[] {
  return readdirSync(directory).toSorted();
}

/** The failure of an activity that must not succeed. */
export async function refusal(work: Promise<unknown>): Promise<ApplicationFailure> {
  try {
    await work;
  } catch (error) {
    return error as ApplicationFailure;
  }
  throw new Error('Expected a refusal: it succeeded');
}
