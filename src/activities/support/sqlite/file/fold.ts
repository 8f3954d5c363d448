import Database from 'better-sqlite3';
import { passing } from '../../failure.ts';
import { BUSY_TIMEOUT } from './in-place.ts';

/** Makes one file of a set that nobody has open: a hot journal is rolled back, the write-ahead log folded in. */
export function fold(file: string): void {
  const db = new Database(file, { fileMustExist: true, timeout: BUSY_TIMEOUT });
  try {
    db.pragma('schema_version');
    const [answer] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    if (answer?.busy) throw passing('DatabaseInUse', `Cannot checkpoint "${file}": it is locked`);
  } finally {
    db.close();
  }
}
