import Database from 'better-sqlite3';
import { passing } from '../../../../os/failure.ts';
import { BUSY_TIMEOUT } from './in-place.ts';

/**
 * Makes one file of database files that nobody has open: a hot journal is rolled back, the write-ahead log checkpointed. Not
 * `durably`, a power cut may leave neither the one nor the other.
 */
export function checkpoint(file: string, { durably = true } = {}): void {
  const db = new Database(file, { fileMustExist: true, timeout: BUSY_TIMEOUT });
  try {
    if (!durably) db.pragma('synchronous = off');
    db.pragma('schema_version');
    const [answer] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    if (answer?.busy) throw passing('DatabaseInUse', `Cannot checkpoint "${file}": it is locked`);
  } finally {
    db.close();
  }
}
