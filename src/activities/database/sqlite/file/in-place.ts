import Database from 'better-sqlite3';
import { liveFile } from '../../../../os/files/live-file.ts';
import { sidecarsOf } from './database-files.ts';

/** Long enough for one slow commit of the application. */
export const BUSY_TIMEOUT = 10_000;

export interface OpenDatabase {
  readonly db: Database.Database;
  readonly close: () => void;
}

/** Opens a database to read it while its application may write to it. After `close` nothing new lies beside it. */
export function openInPlace(file: string): OpenDatabase {
  const live = liveFile(file);
  const alone = sidecarsOf(live).length === 0;
  const db = new Database(live, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT });
  return {
    db,
    close() {
      db.close();
      if (alone && sidecarsOf(live).length > 0) tidy(live);
    },
  };
}

/**
 * A reader of a WAL database creates -wal and -shm and cannot remove them. Only SQLite itself knows
 * whether somebody else uses them by now: its last writing connection takes them away.
 */
function tidy(live: string): void {
  try {
    const db = new Database(live, { fileMustExist: true, timeout: BUSY_TIMEOUT });
    db.pragma('schema_version');
    db.close();
  } catch {
    // They are empty, and the application's next close removes them.
  }
}
