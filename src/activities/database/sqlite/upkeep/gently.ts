import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { passing } from '../../../../os/failure.ts';
import { byDatabaseOwner } from '../owner/by-database-owner.ts';
import { isLocked } from '../file/errors.ts';

/** How long we wait for a writer of the application, before the attempt ends. */
const TIMEOUT = 30_000;
const BETWEEN_TRIES = 10;

interface Piece<Result> {
  readonly result: Result;
  /** How long others could not write. */
  readonly milliseconds: number;
}

export interface Gently {
  readonly db: Database.Database;
  /** Does one short piece of work, then leaves the application at least twice as long. */
  piece<Result>(this: void, work: () => Result): Promise<Piece<Result>>;
}

/** Lends a connection to a database whose application writes to it, for work in short pieces. */
export async function gently<Result>(
  live: string,
  use: (gently: Gently) => Promise<Result>,
): Promise<Result> {
  // To wait inside SQLite would take the lock the moment it is free, and the application's turn with it.
  const db = byDatabaseOwner(live, () => new Database(live, { fileMustExist: true, timeout: 0 }));
  try {
    // Else one of our commits would also checkpoint the log, and count as a piece.
    await piece(() => db.pragma('wal_autocheckpoint = 0'));
    return await use({ db, piece });
  } finally {
    byDatabaseOwner(live, () => db.close());
  }

  async function piece<Done>(work: () => Done): Promise<Piece<Done>> {
    for (const end = Date.now() + TIMEOUT; ;) {
      const begun = performance.now();
      try {
        const result = byDatabaseOwner(live, work);
        const milliseconds = performance.now() - begun;
        byDatabaseOwner(live, () => keepLogShort(db));
        await sleep(Math.max(BETWEEN_TRIES, milliseconds * 2));
        return { result, milliseconds };
      } catch (error) {
        if (!isLocked(error)) throw error;
        if (Date.now() > end)
          throw passing(
            'DatabaseLocked',
            `Cannot write to "${live}": another process has it locked`,
          );
        await sleep(BETWEEN_TRIES);
      }
    }
  }
}

/** What we wrote to the log must not be checkpointed by a commit of the application. Nobody waits for this. */
function keepLogShort(db: Database.Database): void {
  try {
    db.pragma('wal_checkpoint(passive)');
  } catch (error) {
    if (!isLocked(error)) throw error;
  }
}
