import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { UsageError } from '../../config/usage-error.ts';
import { syncDirectory, syncFile } from '../../os/files/durable-files.ts';
import { copiesOf, listCopies, nextStamp, typed } from './data-file.ts';
import { removeDatabase } from '../../os/files/sqlite-sidecars.ts';
import { expectDataSpace } from './expect-data-space.ts';
import { expectKept, expectOurs } from './expect-ours.ts';
import { Damaged, type DatabaseFacts, inspectDatabase } from './inspect-database.ts';

export interface DataBackup extends DatabaseFacts {
  readonly file: string;
  readonly milliseconds: number;
  /** Older copies that went for it. */
  readonly deleted: readonly string[];
}

/** How many copies stay beside the data. By number and not by age: a clock that jumps takes none away. */
export const KEPT_COPIES = 6;

/**
 * Copies the runs of a server of our own as of one moment, whether it runs or not: by SQLite's backup of all pages in one step, which
 * writers do not make begin again (0.2 s for 8 MB, 2.4 s for 1.15 GB). The copy has its name when it was read through and survives a
 * power cut; only its owner can read it. Without `to` it lies beside the data, and the oldest of more than `KEPT_COPIES` go. Error:
 * `UsageError`; then nothing was deleted.
 */
export async function backUpData(dataFile: string, to?: string): Promise<DataBackup> {
  expectKept(dataFile);
  expectOurs(dataFile);
  const begun = performance.now();
  const kept = listCopies(dataFile);
  const file = to ?? join(copiesOf(dataFile), `${nextStamp(kept.map(({ stamp }) => stamp))}.db`);
  const directory = dirname(file);
  if (to === undefined) mkdirSync(directory, { recursive: true, mode: 0o700 });
  expectDirectory(directory);
  expectFree(file);
  const log = statSync(`${dataFile}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  expectDataSpace(statSync(dataFile).size + log, directory);
  const part = `${file}.part-${randomUUID()}`;
  try {
    await copyPages(dataFile, part);
    const facts = inspectDatabase(part);
    syncFile(part);
    renameSync(part, file);
    syncDirectory(directory);
    const deleted = to === undefined ? prune(dataFile) : [];
    return { ...facts, file, milliseconds: Math.round(performance.now() - begun), deleted };
  } catch (error) {
    throw explained(error, dataFile, directory);
  } finally {
    removeDatabase(part);
  }
}

function explained(error: unknown, dataFile: string, directory: string): unknown {
  const { code, message } = error as Error & { code?: string };
  if (code === 'SQLITE_FULL' || code === 'ENOSPC')
    return new UsageError(
      `Cannot copy "${dataFile}" into "${directory}": no space is left there`,
      `df -h "${directory}"`,
    );
  if (error instanceof Damaged || code?.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new UsageError(
      `Cannot copy "${dataFile}": ${error instanceof Damaged ? error.message : `it is damaged (${message})`}. Earlier copies stay`,
      typed('check', dataFile),
    );
  return error;
}

async function copyPages(from: string, to: string): Promise<void> {
  closeSync(openSync(to, 'wx', 0o600));
  const source = new Database(from, { readonly: true, timeout: 10_000 });
  try {
    await source.backup(to, { progress: () => ALL_PAGES });
  } finally {
    source.close();
  }
  const copy = new Database(to);
  try {
    // One file that can be carried anywhere, and no log beside it.
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
  chmodSync(to, 0o600);
}

const ALL_PAGES = 0x7f_ff_ff_ff;

function prune(dataFile: string): string[] {
  const old = listCopies(dataFile).slice(KEPT_COPIES);
  for (const { file } of old) rmSync(file);
  return old.map(({ file }) => file);
}

function expectFree(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false }))
    throw new UsageError(`Cannot copy to "${file}": it is already there`, 'another name');
}

function expectDirectory(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new UsageError(
    `Cannot copy into "${directory}": it is no directory`,
    `mkdir -p "${directory}"`,
  );
}
