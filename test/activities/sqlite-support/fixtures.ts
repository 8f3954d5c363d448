import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ApplicationFailure } from '@temporalio/common';
import type { Backup } from '../../../src/activities/support/backups/backup-store.ts';
import type { BackupClass } from '../../../src/activities/support/backups/manifest.ts';
import type { Target } from '../../../src/config/target.ts';
import { fill, ROWS, targetIn } from '../../support/target.ts';
import { BACKUP, RUN, systemsOf } from './scenarios.ts';
import { addRows } from './sets.ts';

/** How many rows the live database has and its backup has not, in `withOlderBackup`. */
export const NEWER = 7;

interface BackUpOptions {
  readonly stamp?: string;
  readonly kind?: BackupClass;
  readonly run?: string;
}

/** A backup of the live database as it is, made by the activities themselves. */
export async function backUp(
  target: Target,
  { stamp = BACKUP, kind = 'daily', run = RUN }: BackUpOptions = {},
): Promise<Backup> {
  const { sqlite, backups } = systemsOf(target, run);
  const copy = await sqlite.snapshot(stamp);
  return backups.seal(stamp, kind, copy, await backups.verify(stamp));
}

/** A backup of ROWS rows, and a live database that has NEWER more. */
export async function withOlderBackup(target: Target): Promise<Backup> {
  const backup = await backUp(target);
  addRows(target.database.file, NEWER);
  return backup;
}

/** A target that is not bound to one test: for what needs many of them. */
export async function withTarget(
  journal: 'WAL' | 'DELETE',
  use: (target: Target) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'target-'));
  try {
    const target = targetIn(directory);
    mkdirSync(target.backups.directory);
    mkdirSync(target.state);
    fill(target.database.file, ROWS, journal);
    await use(target);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** An application that commits all the time, as a process of its own, killed afterwards. */
export async function whileWritten<Result>(
  target: Target,
  journal: 'WAL' | 'DELETE',
  use: (pid: number) => Promise<Result>,
): Promise<Result> {
  const script = fileURLToPath(new URL('writer.ts', import.meta.url));
  const writer = spawn(process.execPath, [script, target.database.file, journal], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => writer.once('exit', resolve));
  try {
    await new Promise((resolve) => writer.stdout.once('data', resolve));
    writer.stdout.resume();
    return await use(writer.pid!);
  } finally {
    writer.kill('SIGKILL');
    await ended;
  }
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
