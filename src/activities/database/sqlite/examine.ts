import { copyFileSync, mkdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import type { Target } from '../../../config/schema/target.ts';
import { passing } from '../../../os/failure.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { isThere, sizeOf } from '../../../os/files/file-facts.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { withScratch } from '../../../os/files/scratch.ts';
import type { Examination } from '../driver.ts';
import { countOf, quickCheck } from './file/content.ts';
import { sidecarsOf } from './file/database-files.ts';
import { isLocked, needsRollback } from './file/errors.ts';
import { BUSY_TIMEOUT } from './file/in-place.ts';
import { readLive } from './file/read-live.ts';

type Judgement = Pick<Examination, 'sound' | 'finding'>;

/** Judges the live database as it lies there, without changing its files: they may be all there is to recover from. */
export function examine({ database, state }: Target): Examination {
  const live = liveFile(database.file);
  for (let tries = 3; ; tries -= 1) {
    const before = printOf(live);
    const judgement = judge(live, database.keyTable, state);
    // An application that began or ended meanwhile moved the pages under the reader: read again.
    if (judgement.sound || tries === 1 || printOf(live) === before) {
      return { exists: isThere(live), ...judgement, bytes: sizeOf(live) };
    }
  }
}

function judge(live: string, keyTable: string, state: string): Judgement {
  const found = statSync(live, { throwIfNoEntry: false });
  if (!found)
    return unsound(sidecarsOf(live).length > 0 ? 'Missing, its sidecars are left' : 'Missing');
  if (!found.isFile()) return unsound('Not a file');
  if (found.size === 0) return unsound('Empty file (0 bytes)');
  try {
    return readLive(live, (db) => judgeContent(db, keyTable));
  } catch (error) {
    if (isLocked(error)) throw passing('DatabaseLocked', `Cannot examine "${live}": it is locked`);
    if (!needsRollback(error) || !isThere(`${live}-journal`)) return judgementOf(error);
  }
  try {
    return judgeRolledBack(live, keyTable, state);
  } catch (error) {
    return judgementOf(error);
  }
}

/** A killed application leaves a journal that any next opening rolls back: so it is done with a copy. */
function judgeRolledBack(live: string, keyTable: string, state: string): Judgement {
  mkdirSync(state, { recursive: true });
  expectSpaceFor(statSync(live).size, state);
  return withScratch(join(state, 'examine'), (directory) => {
    const copy = join(directory, basename(live));
    copyFileSync(live, copy);
    for (const sidecar of sidecarsOf(live))
      copyFileSync(sidecar, join(directory, basename(sidecar)));
    const db = new Database(copy, { fileMustExist: true, timeout: BUSY_TIMEOUT });
    try {
      const { sound, finding } = judgeContent(db, keyTable);
      return { sound, finding: `${finding}, after rolling back an unfinished write` };
    } finally {
      db.close();
    }
  });
}

function judgeContent(db: Database.Database, keyTable: string): Judgement {
  const answer = quickCheck(db);
  if (answer !== 'ok') return unsound(`Damaged: quick_check says ${answer}`);
  const tables = db
    .prepare(`select count(*) from sqlite_schema where type = 'table'`)
    .pluck()
    .get();
  if (tables === 0) return unsound('Damaged: it has no tables');
  const rows = `${countOf(db, keyTable)} rows in ${keyTable}`;
  return { sound: true, finding: `Sound by quick_check (no index compared): ${rows}` };
}

function judgementOf(error: unknown): Judgement {
  if (error instanceof Database.SqliteError) return unsound(`Damaged: ${error.message}`);
  throw error;
}

function unsound(finding: string): Judgement {
  return { sound: false, finding };
}

/** Changes when the files are written to. */
function printOf(live: string): string {
  return [live, ...sidecarsOf(live)]
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((found) => `${found?.ino} ${found?.size} ${found?.mtimeMs}`)
    .join();
}
