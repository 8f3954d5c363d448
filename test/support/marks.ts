import { copyFileSync, renameSync } from 'node:fs';
import type Database from 'better-sqlite3';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { SAMPLE_TABLE } from '../../src/dev/demo/sample-database.ts';
import { withDatabase } from './live-database.ts';

/** Adds a row that tells the live database from every backup taken before. */
export function addMark(target: SqliteTarget, text: string, { keepLog = false } = {}): void {
  const log = `${target.database.file}-wal`;
  withDatabase(
    target,
    (db) => {
      db.prepare(`insert into ${SAMPLE_TABLE} (region, value, note) values ('mark', 0, ?)`).run(
        text,
      );
      // The last connection to close checkpoints the log into the file, unless another is open: copied, it stays.
      if (keepLog) copyFileSync(log, `${log}.copy`);
    },
    { readonly: false },
  );
  if (keepLog) renameSync(`${log}.copy`, log);
}

export function readMarks(target: SqliteTarget): unknown[] {
  return withDatabase(target, marksIn);
}

export function marksIn(db: Database.Database): unknown[] {
  return db.prepare(`select note from ${SAMPLE_TABLE} where region = 'mark'`).pluck().all();
}
