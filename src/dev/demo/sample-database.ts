import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';

export const SAMPLE_TABLE = 'measurements';
const SAMPLE_ROWS = 200_000;

export interface SampleOptions {
  /** 200 000 rows are about 55 MB. */
  readonly rows?: number;
  readonly journal?: 'WAL' | 'DELETE';
}

export function createSampleDatabase(
  file: string,
  { rows = SAMPLE_ROWS, journal = 'WAL' }: SampleOptions = {},
): void {
  const db = new Database(file);
  db.pragma(`journal_mode = ${journal}`);
  db.exec(`create table ${SAMPLE_TABLE} (id integer primary key, region text, value real, note text);
    create index by_region on ${SAMPLE_TABLE} (region)`);
  const insert = db.prepare(`insert into ${SAMPLE_TABLE} (region, value, note) values (?, ?, ?)`);
  const note = 'A row of the sample application. '.repeat(7);
  db.transaction(() => {
    for (let row = 0; row < rows; row += 1) insert.run(`region ${row % 16}`, row / 7, note);
  })();
  db.close();
}

/** Overwrites `pages` pages in the middle of a database, as a failing disk would. The application may run on. */
export function damageDatabase(file: string, pages = 200): void {
  const db = new Database(file, { readonly: true });
  const size = db.pragma('page_size', { simple: true }) as number;
  const count = db.pragma('page_count', { simple: true }) as number;
  db.close();
  const fd = openSync(file, 'r+');
  try {
    const garbage = randomFillSync(Buffer.alloc(size * pages));
    writeSync(fd, garbage, 0, garbage.length, Math.floor(count / 3) * size);
  } finally {
    closeSync(fd);
  }
}
