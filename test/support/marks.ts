import { copyFileSync, renameSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Target } from '../../src/config/target.ts';
import { SAMPLE_TABLE } from '../../src/dev/sample-database.ts';

/** Adds a row that tells the live database from every backup taken before. */
export function addMark({ database }: Target, text: string, { keepLog = false } = {}): void {
  const db = new Database(database.file, { timeout: 5000 });
  db.prepare(`insert into ${SAMPLE_TABLE} (region, value, note) values ('mark', 0, ?)`).run(text);
  // The last connection to close folds the log into the file, unless another is open: copied, it stays.
  if (keepLog) copyFileSync(`${database.file}-wal`, `${database.file}-wal.copy`);
  db.close();
  if (keepLog) renameSync(`${database.file}-wal.copy`, `${database.file}-wal`);
}

export function readMarks({ database }: Target): unknown[] {
  const db = new Database(database.file, { readonly: true, timeout: 5000 });
  const found = db.prepare(`select note from ${SAMPLE_TABLE} where region = 'mark'`).pluck().all();
  db.close();
  return found;
}
