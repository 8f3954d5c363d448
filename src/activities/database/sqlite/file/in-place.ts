import Database from 'better-sqlite3';
import { liveFile } from '../../../../os/files/live-file.ts';
import { byDatabaseOwner } from '../owner/by-database-owner.ts';
import { sidecarsOf } from '../../../../os/files/sqlite-sidecars.ts';

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
  const db = byDatabaseOwner(live, () => {
    const opened = new Database(live, {
      readonly: true,
      fileMustExist: true,
      timeout: BUSY_TIMEOUT,
    });
    return withLog(opened);
  });
  return {
    db,
    close() {
      db.close();
      if (alone && sidecarsOf(live).length > 0) byDatabaseOwner(live, () => tidy(live));
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

/** SQLite opens the log at its first look. What keeps it from looking, it says again to whoever asks. */
function withLog(db: Database.Database): Database.Database {
  try {
    db.pragma('busy_timeout = 0');
    db.pragma('schema_version');
  } catch {
    // Locked, or in need of a rollback.
  }
  db.pragma(`busy_timeout = ${BUSY_TIMEOUT}`);
  return db;
}
