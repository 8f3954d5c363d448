import Database from 'better-sqlite3';
import { LOCK_TIMEOUT } from '../../../support/timeouts.ts';

interface Waste {
  /** About 4 KiB each. */
  readonly pages?: number;
  readonly autoVacuum?: 'none' | 'incremental';
}

/** Fills a database and empties it again: so many of its pages are free then. */
export function makeWasteful(file: string, { pages = 400, autoVacuum = 'none' }: Waste = {}): void {
  const db = new Database(file, { timeout: LOCK_TIMEOUT });
  if (autoVacuum === 'incremental') {
    const mode = db.pragma('journal_mode', { simple: true }) as string;
    db.pragma('journal_mode = delete');
    db.pragma('auto_vacuum = incremental');
    db.exec('vacuum');
    db.pragma(`journal_mode = ${mode}`);
  }
  db.exec('create table waste (content blob)');
  const insert = db.prepare('insert into waste values (zeroblob(4000))');
  db.transaction(() => {
    for (let page = 0; page < pages; page += 1) insert.run();
  })();
  db.exec('drop table waste');
  db.close();
}

/** A number of SQLite's own, such as `freelist_count`. */
export function pragmaOf(file: string, name: string): unknown {
  const db = new Database(file, { timeout: LOCK_TIMEOUT });
  try {
    return db.pragma(name, { simple: true });
  } finally {
    db.close();
  }
}
