import { copyFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { countText } from '../../../config/text/count-text.ts';
import type { SqliteTarget } from '../../../config/schema/target.ts';
import { unprovenText } from '../../../config/unproven.ts';
import { passing } from '../../../os/failure.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { isThere, sizeOf } from '../../../os/files/file-facts.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { withScratch } from '../../../os/files/scratch.ts';
import type { Examination } from '../driver.ts';
import { countOf } from './file/content.ts';
import { ExtensionTrouble } from './extensions/load-extensions.ts';
import { asItIs, type Prepare } from './extensions/prepare.ts';
import { besideWith } from './extensions/beside-with.ts';
import { sidecarsOf } from '../../../os/files/sqlite-sidecars.ts';
import { isDamage, isLocked, needsRollback } from './file/errors.ts';
import { nameOfBytes } from './file/header.ts';
import { BUSY_TIMEOUT } from './file/in-place.ts';
import { judgeIntegrity } from './file/integrity.ts';
import { readLive } from './file/read-live.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';

interface How {
  readonly keyTable: string;
  /** Missing: it is closed to this process. */
  readonly state: string | undefined;
  readonly prepare: Prepare;
}

/** Without its state directory where that is closed to this process. */
type Examined = Pick<SqliteTarget, 'database'> & { readonly state: string | undefined };

type Judgement = Pick<Examination, 'verdict' | 'finding'>;

/** Judges the live database as it lies there, without changing its files: they may be all there is to recover from. */
export async function examine(target: SqliteTarget): Promise<Examination> {
  const { extensions } = target.database;
  if (extensions.length === 0) return examineHere(target, asItIs);
  const { result, trouble } = await besideWith<Examination>({ task: 'examine', target });
  if (result) return result;
  const without = examineHere(target, asItIs);
  return { ...without, finding: `${without.finding}. Without its extensions: ${trouble}` };
}

/** The same by this process, which has loaded what there is of `database.extensions`. */
export function examineHere({ database, state }: Examined, prepare: Prepare): Examination {
  const live = liveFile(database.file);
  for (let tries = 3; ; tries -= 1) {
    const before = printOf(live);
    const judgement = judge(live, { keyTable: database.keyTable, state, prepare });
    // An application that began or ended meanwhile moved the pages under the reader: read again.
    if (judgement.verdict !== 'damaged' || tries === 1 || printOf(live) === before) {
      return { exists: isThere(live), ...judgement, bytes: sizeOf(live) };
    }
  }
}

function judge(live: string, how: How): Judgement {
  const found = statSync(live, { throwIfNoEntry: false });
  if (!found)
    return damaged(sidecarsOf(live).length > 0 ? 'Missing, its sidecars are left' : 'Missing');
  if (!found.isFile()) return damaged('Not a file');
  if (found.size === 0) return damaged('Empty file (0 bytes)');
  try {
    return readLive(live, (db) => judgeContent(db, how));
  } catch (error) {
    if (isLocked(error)) throw passing('DatabaseLocked', `Cannot examine "${live}": it is locked`);
    if (!needsRollback(error) || !isThere(`${live}-journal`)) return judgementOf(error, live);
  }
  try {
    return judgeRolledBack(live, how);
  } catch (error) {
    return judgementOf(error, live);
  }
}

/** A killed application leaves a journal that any next opening rolls back: so it is done with a copy. */
function judgeRolledBack(live: string, how: How): Judgement {
  const { state } = how;
  if (state === undefined)
    throw new ExtensionTrouble('an unfinished write has to be rolled back first, on a copy');
  ensurePrivate(state);
  expectSpaceFor(statSync(live).size, state);
  return withScratch(join(state, 'examine'), (directory) => {
    const copy = join(directory, basename(live));
    copyFileSync(live, copy);
    for (const sidecar of sidecarsOf(live))
      copyFileSync(sidecar, join(directory, basename(sidecar)));
    const db = new Database(copy, { fileMustExist: true, timeout: BUSY_TIMEOUT });
    try {
      const { verdict, finding } = judgeContent(db, how);
      return { verdict, finding: `${finding}, after rolling back an unfinished write` };
    } finally {
      db.close();
    }
  });
}

function judgeContent(db: Database.Database, { keyTable, prepare }: How): Judgement {
  prepare(db);
  const integrity = judgeIntegrity(db, 'quick_check', prepare !== asItIs);
  if (integrity.verdict === 'damaged')
    return damaged(`Damaged: quick_check says ${integrity.finding}`);
  const tables = db
    .prepare(`select count(*) from sqlite_schema where type = 'table'`)
    .pluck()
    .get();
  if (tables === 0) return damaged('Damaged: it has no tables');
  if (!isKnown(db, keyTable))
    return unclear(
      `it has no table "${keyTable}", which "database.keyTable" names: a migration, another database, or a word mistyped`,
    );
  const rows = `${countText(countOf(db, keyTable), 'row')} in ${keyTable}`;
  if (integrity.verdict === 'unclear')
    return unclear(`${rows}; ${unprovenText(integrity.unproven)}. ${HOW_TO_JUDGE}`);
  return { verdict: 'sound', finding: `Sound by quick_check (no index compared): ${rows}` };
}

function isKnown(db: Database.Database, table: string): boolean {
  const found = `select 1 from sqlite_schema where type in ('table', 'view') and name = ? collate nocase`;
  return db.prepare(found).get(table) !== undefined;
}

/** What SQLite refuses says something of the file only where it proves damage. */
function judgementOf(error: unknown, live: string): Judgement {
  if (!(error instanceof Database.SqliteError)) throw error;
  if (!isDamage(error)) return unclear(`${error.message}. ${HOW_TO_JUDGE}`);
  return error.code === 'SQLITE_NOTADB'
    ? notADatabase(error.message, live)
    : damaged(`Damaged: ${error.message}`);
}

const HOW_TO_JUDGE =
  'Nothing proves it damaged, and nothing is done about it: to have it judged in full, name what loads its functions in "database.extensions"';

/** Its first bytes tell what it is instead. */
function notADatabase(message: string, live: string): Judgement {
  const instead = nameOfBytes(live);
  if (instead.newer !== undefined) return unclear(instead.newer);
  return damaged(`Damaged: ${message}${instead.guess === undefined ? '' : ` (${instead.guess})`}`);
}

function damaged(finding: string): Judgement {
  return { verdict: 'damaged', finding };
}

function unclear(what: string): Judgement {
  return { verdict: 'unclear', finding: `Cannot be judged here: ${what}` };
}

/** Changes when the files are written to. */
function printOf(live: string): string {
  return [live, ...sidecarsOf(live)]
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((found) => `${found?.ino} ${found?.size} ${found?.mtimeMs}`)
    .join();
}
