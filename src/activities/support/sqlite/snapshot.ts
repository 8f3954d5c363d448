import { chmodSync, renameSync, statSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import type { Stamp } from '../../../config/stamp.ts';
import type { Target } from '../../../config/target.ts';
import { syncDirectory, syncFile } from '../files/durable-files.ts';
import { removeStartingWith } from '../files/remove-starting-with.ts';
import { passing, permanent } from '../failure.ts';
import { type Copy, openMaking } from '../backups/making.ts';
import { libraryVersion } from './file/content.ts';
import { isThere, liveFile } from './file/database-set.ts';
import { isDamage, isDiskFull, isLocked } from './file/errors.ts';
import { BUSY_TIMEOUT, openInPlace } from './file/in-place.ts';
import { journalModeOf, setJournalMode } from './file/journal-mode.ts';

export interface Snapshot extends Copy {
  /** False when an earlier attempt had already made this copy. */
  readonly changed: boolean;
}

/** How often SQLite may answer "locked" (after 10 s each) before the attempt ends. */
const LOCKED_ANSWERS = 3;
const ALL_PAGES = 0x7fffffff;

/** Copies the live database, as of one moment, into the directory of the backup that is being made. */
export async function snapshot(
  { database, backups }: Target,
  stamp: Stamp,
  run: string | undefined,
): Promise<Snapshot> {
  const live = liveFile(database.file);
  const making = openMaking(backups.directory, stamp, run);
  const made = making.copy();
  if (made) return { ...made, changed: false };

  expectContent(live);
  making.begin();
  const file = join(making.directory, basename(live));
  const part = `${file}.part-${randomUUID()}`;
  try {
    const takenAt = new Date().toISOString();
    const begun = performance.now();
    await copyAllPages(live, part);
    const journalMode = journalModeOf(part);
    setJournalMode(part, 'delete');
    chmodSync(part, 0o600);
    syncFile(part);
    renameSync(part, file);
    syncDirectory(making.directory);
    const milliseconds = Math.round(performance.now() - begun);
    const bytes = statSync(file).size;
    const sqliteVersion = libraryVersion();
    const copy = { file, bytes, milliseconds, takenAt, journalMode, sqliteVersion };
    making.made(copy);
    return { ...copy, changed: true };
  } catch (error) {
    removeStartingWith(part);
    throw wordsFor(error, live);
  }
}

/** In one step: a copy in batches begins anew after every commit, and never ends beside a busy writer. */
async function copyAllPages(live: string, part: string): Promise<void> {
  rollBackIfNeeded(live);
  const { db, close } = openInPlace(live);
  try {
    let answers = 0;
    const progress = await db.backup(part, {
      progress() {
        answers += 1;
        if (answers > LOCKED_ANSWERS) throw locked(live);
        return ALL_PAGES;
      },
    });
    // When it is locked from the beginning, it "ends" with nothing copied.
    if (progress.totalPages === 0 || progress.remainingPages > 0) throw locked(live);
  } finally {
    close();
  }
}

/** A killed application leaves a journal that a reader cannot roll back. Any next opening for writing does, this one too. */
function rollBackIfNeeded(live: string): void {
  if (!isThere(`${live}-journal`)) return;
  const db = new Database(live, { fileMustExist: true, timeout: BUSY_TIMEOUT });
  try {
    db.pragma('schema_version');
  } finally {
    db.close();
  }
}

/** SQLite would copy an empty file, and call the copy sound. */
function expectContent(live: string): void {
  const found = statSync(live, { throwIfNoEntry: false });
  if (!found) throw permanent('DatabaseMissing', `Cannot copy "${live}": it is missing`);
  if (found.size === 0) throw permanent('DatabaseEmpty', `Cannot copy "${live}": it has 0 bytes`);
}

function wordsFor(error: unknown, live: string): unknown {
  const { message } = error as Error;
  if (isLocked(error)) return locked(live);
  if (isDamage(error)) return permanent('DatabaseCorrupt', `Cannot copy "${live}": ${message}`);
  if (isDiskFull(error)) return permanent('NoRoom', `No room left to copy "${live}": ${message}`);
  return error;
}

function locked(live: string): Error {
  return passing('DatabaseLocked', `Cannot copy "${live}": it is locked`);
}
