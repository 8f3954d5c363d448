import { accessSync, closeSync, constants, existsSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { passing, permanent } from '../../../os/failure.ts';
import { isDiskFull, isForbidden, isThere, sizeOf } from '../../../os/files/file-facts.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { run as runCommand } from '../../../os/process/command.ts';
import type { CopyFacts } from '../copies.ts';
import { checkpoint } from './file/checkpoint.ts';
import { libraryVersion } from './file/content.ts';
import { isDamage, isLocked, needsRollback } from './file/errors.ts';
import { BUSY_TIMEOUT, openInPlace } from './file/in-place.ts';
import { journalModeOf, setJournalMode } from './file/journal-mode.ts';
import { byDatabaseOwner } from './owner/by-database-owner.ts';

/** How long others may keep the database locked before the attempt ends. */
const TIMEOUT = 30_000;
const BETWEEN_TRIES = 5;

/** Copies the live database, as of one moment, into the file `to`, in mode `delete`. It is not synced. */
export async function copyLive(file: string, to: string): Promise<CopyFacts> {
  const live = liveFile(file);
  try {
    await copyWhole(live, to);
    const journalMode = journalModeOf(to);
    setJournalMode(to, 'delete');
    return { journalMode, sqliteVersion: libraryVersion() };
  } catch (error) {
    throw failureFor(error, live);
  }
}

/**
 * Copies the file as it lies there, and then its log, while a read transaction holds it: until that ends, nobody rewrites what
 * the log or the file had of this moment, and what others add to the log meanwhile is whole commits. These are the files that
 * a power cut would leave, and SQLite makes one of them as it does then; the live ones are only read.
 */
async function copyWhole(live: string, part: string): Promise<void> {
  const { db, close } = openInPlace(live);
  const opened: number[] = [];
  const open = (file: string): number => {
    const fd = byDatabaseOwner(live, () =>
      openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW),
    );
    opened.push(fd);
    return fd;
  };
  try {
    await beginReading(db, live);
    await copyElsewhere(live, open(live), part);
    if (sizeOf(`${live}-wal`) > 0)
      await copyElsewhere(`${live}-wal`, open(`${live}-wal`), `${part}-wal`);
  } finally {
    close();
    // Not before SQLite's own: to close a file takes every lock on it from this process.
    for (const fd of opened) closeSync(fd);
  }
  if (isThere(`${part}-wal`)) checkpoint(part, { durably: false });
}

async function beginReading(db: Database.Database, live: string): Promise<void> {
  // SQLite itself would ask ten times a second: beside one who writes without a pause that may be in vain for ever.
  db.pragma('busy_timeout = 0');
  db.exec('begin');
  let rolledBack = false;
  for (const end = Date.now() + TIMEOUT; ;)
    try {
      // It reads the first page, and needs to understand no schema.
      db.pragma('schema_version');
      return;
    } catch (error) {
      if (needsRollback(error) && !rolledBack) {
        rollBack(live);
        rolledBack = true;
      } else if (!isLocked(error) || Date.now() > end) throw error;
      await sleep(BETWEEN_TRIES);
    }
}

/**
 * By a program that shares blocks where the file system can. What is open is copied into what is open, whatever has their names by now; and no
 * argument tells the name of the copy, which nobody else shall know before it is one.
 */
async function copyElsewhere(file: string, fd: number, to: string): Promise<void> {
  const { O_WRONLY, O_CREAT, O_EXCL } = constants;
  const copy = openSync(to, O_WRONLY | O_CREAT | O_EXCL, 0o600);
  try {
    // A developer's Mac has no /proc.
    const names = existsSync('/proc/self/fd') ? ['/proc/self/fd/3', '/proc/self/fd/4'] : [file, to];
    const command = ['LC_ALL=C', 'cp', '--', ...names];
    await runCommand('env', command, { timeout: inMilliseconds('1d'), files: [fd, copy] });
  } finally {
    closeSync(copy);
  }
}

/** A killed application leaves a journal that a reader cannot roll back. Any next opening for writing does, this one too. */
function rollBack(live: string): void {
  byDatabaseOwner(live, () => {
    const db = new Database(live, { fileMustExist: true, timeout: BUSY_TIMEOUT });
    try {
      db.pragma('schema_version');
    } finally {
      db.close();
    }
  });
}

/** SQLite would copy an empty file, and call the copy sound. */
export function expectContent(file: string): void {
  const live = liveFile(file);
  const found = statSync(live, { throwIfNoEntry: false });
  if (!found) throw permanent('DatabaseMissing', `Cannot copy "${live}": it is missing`);
  if (found.size === 0) throw permanent('DatabaseEmpty', `Cannot copy "${live}": it has 0 bytes`);
}

function failureFor(error: unknown, live: string): unknown {
  const { message } = error as Error;
  if (isLocked(error)) return locked(live);
  if (isDamage(error)) return permanent('DatabaseCorrupt', `Cannot copy "${live}": ${message}`);
  if (isDiskFull(error) || /No space left on device|Disk quota exceeded/.test(message))
    return permanent('NoSpace', `No space left to copy "${live}": ${message}`);
  const forbidden = (error as { code?: string }).code === 'SQLITE_CANTOPEN' && whyForbidden(live);
  return forbidden ? permanent('NotPermitted', `Cannot copy "${live}": ${forbidden}`) : error;
}

/** SQLite says no more than that it was unable. It needs the file, and to write `-shm` beside it. */
function whyForbidden(live: string): string | undefined {
  try {
    accessSync(live, constants.R_OK | constants.W_OK);
    accessSync(dirname(live), constants.W_OK);
    return undefined;
  } catch (error) {
    return isForbidden(error) ? (error as Error).message : undefined;
  }
}

function locked(live: string): Error {
  return passing('DatabaseLocked', `Cannot copy "${live}": it is locked`);
}
