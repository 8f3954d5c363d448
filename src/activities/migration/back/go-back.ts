import { closeSync, constants, copyFileSync, lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import type { Migration } from '../../../config/schema/moving/migration.ts';
import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import { permanent } from '../../../os/failure.ts';
import { expectSpaceFor } from '../../../os/files/disk-space.ts';
import { isThere, sizeOf } from '../../../os/files/file-facts.ts';
import { openHeld } from '../../../os/files/held/read-held.ts';
import { setRights } from '../../../os/files/held/set-rights.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';
import { type Migrated, removeMigrated, writeMigrated } from '../../../state/migrated/migrated.ts';
import { judgeIntegrity } from '../../database/sqlite/file/integrity.ts';
import { setJournalMode } from '../../database/sqlite/file/journal-mode.ts';
import { postgresBuckets, tableHash } from '../compare/hashes.ts';
import { readMark, writeMark } from '../copy/marks.ts';
import type { ResolvedTable } from '../plan/resolve.ts';
import { compareAll, expectEqual } from '../compare/compare-all.ts';
import { openSource } from '../source/open-source.ts';
import { setLine } from '../switch/environment-line.ts';
import { tell } from '../switch/switch-over.ts';
import { isDatabase, unbury } from '../switch/tombstone.ts';
import { type BroughtBack, bringBack } from './bring-back.ts';
import { placeBack } from './place-back.ts';

export interface WentBack {
  /** False: there was nothing to go back from. */
  readonly changed: boolean;
  /** Whether rows had been written to PostgreSQL. */
  readonly written: boolean;
  readonly rows: BroughtBack;
  readonly note: string;
}

interface BackRequest {
  readonly target: Target;
  readonly migration: Migration;
  readonly record: Migrated;
  readonly client: Client;
  readonly tables: readonly ResolvedTable[];
  /** Where a copy is worked on. */
  readonly directory: string;
  /** What becomes of rows that were written to PostgreSQL: they are brought along, or are a reason to stay there. */
  readonly written: 'bring' | 'stay';
}

/**
 * Makes the application's database that of SQLite again. It is stopped. Where nothing was written to PostgreSQL, the old file comes back as it was; else
 * a copy of it is made equal to PostgreSQL, and proven, before it takes the place. Undefined: rows were written, and it stays on PostgreSQL.
 */
export async function goBack(request: BackRequest): Promise<WentBack | undefined> {
  const { target, migration, record, client, written } = request;
  // The record was there first: this run may have ended before it did anything.
  const isUntouched = isDatabase(record.file) && record.state === 'leaving';
  const isPlaced = isDatabase(record.file) && record.state === 'returning';
  let rows: BroughtBack = { written: 0, removed: 0 };
  let hasWritten = false;
  if (!isUntouched && !isPlaced) {
    hasWritten = await isWritten(request);
    if (hasWritten && written === 'stay') return undefined;
    const file = hasWritten ? stagedName(record) : record.kept;
    if (hasWritten) rows = await stage(request, file);
    writeMigrated(target, { ...record, state: 'returning' });
    withHeld((held) => {
      unbury(held(record.file), held.itself(file), record.mode);
    });
  } else if (isUntouched) {
    writeMigrated(target, { ...record, state: 'returning' });
    restoreUntouched(record);
  }
  const { file, variable } = migration.switch;
  if (file !== undefined && record.before !== undefined) setLine(file, variable!, record.before);
  await tell(target, migration.switch.back, 'sqlite');
  const mark = await readMark(client);
  if (mark?.state === 'live') await writeMark(client, { ...mark, state: 'left' });
  removeMigrated(target);
  return { changed: true, written: hasWritten, rows, note: noteOf(record, hasWritten, rows) };
}

/** The copy that takes the place of the file of before, when it is proven. */
function stagedName({ file, stamp }: Pick<Migrated, 'file' | 'stamp'>): string {
  return `${file}.returning-${stamp}`;
}

/** It had got its second name and other rights, and no more. */
function restoreUntouched({ file, kept, mode }: Migrated): void {
  withHeld((held) => {
    const at = held(file);
    const beside = held.itself(kept);
    if (isThere(beside)) rmSync(beside);
    const { uid, gid } = lstatSync(at);
    setRights(at, { uid, gid, mode });
  });
}

/** By the hashes of the moment of the switch. A table that is gone was changed, too. */
async function isWritten({ record, client, tables }: BackRequest): Promise<boolean> {
  for (const table of tables) {
    const was = record.tables[table.name];
    const now = tableHash(await postgresBuckets(client, table));
    if (now.rows !== was?.rows || now.high !== was.high || now.low !== was.low) return true;
  }
  return false;
}

async function stage(request: BackRequest, staged: string): Promise<BroughtBack> {
  const { record, client, directory } = request;
  const work = join(directory, `returning-${record.stamp}.db`);
  rmSync(work, { force: true });
  rmSync(`${work}-journal`, { force: true });
  expectSpaceFor(sizeOf(record.kept) * 2, directory);
  copyOut(record.kept, work);
  setJournalMode(work, 'delete');
  const own = withoutComputed(work, request.tables);
  const rows = await bringBack(work, client, own);
  const source = openSource(work);
  try {
    expectEqual(await compareAll(source, client, own));
    const { verdict, finding } = judgeIntegrity(source.db, 'quick_check');
    if (verdict === 'damaged')
      throw permanent(
        'MigrationDiffers',
        `What was brought back does not pass quick_check: ${finding}`,
      );
  } finally {
    source.close();
  }
  setJournalMode(work, record.journalMode);
  placeBack(work, staged, record.kept);
  rmSync(work, { force: true });
  return rows;
}

/** SQLite computes them itself, whatever PostgreSQL has. */
function withoutComputed(file: string, tables: readonly ResolvedTable[]): ResolvedTable[] {
  const source = openSource(file);
  try {
    return tables.map((table) => {
      const from = source.schema.tables.find(({ name }) => name === table.name)!;
      const computed = new Set(
        from.columns.filter(({ generated }) => generated !== undefined).map(({ name }) => name),
      );
      return { ...table, columns: table.columns.filter(({ name }) => !computed.has(name)) };
    });
  } finally {
    source.close();
  }
}

/** The database is read where its application's user could put another file meanwhile. */
function copyOut(kept: string, to: string): void {
  const fd = openHeld(kept);
  try {
    copyFileSync(`/proc/self/fd/${fd}`, to, constants.COPYFILE_EXCL);
  } finally {
    closeSync(fd);
  }
  setRights(to, { mode: 0o600 });
}

function noteOf({ kept }: Migrated, written: boolean, rows: BroughtBack): string {
  if (!written) return 'Nothing was written to PostgreSQL: the database of SQLite is as it was';
  return `${countText(rows.written, 'row')} came from PostgreSQL, and ${rows.removed} went. What SQLite had before is "${kept}"`;
}
