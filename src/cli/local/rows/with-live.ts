import { expectSqlite } from '../../../activities/database/expect-engine.ts';
import { databaseFiles } from '../../../config/load/database-text.ts';
import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { databaseDriver } from '../../../activities/database/driver-for.ts';
import { readLive } from '../../../activities/database/sqlite/file/read-live.ts';
import type { Target } from '../../../config/schema/target.ts';
import { permanent } from '../../../os/failure.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { besideTarget } from '../beside-target.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';

/**
 * Lends the live database for a look that takes moments, while no run acts on it: whoever replaces it wants it unopened. What takes
 * longer is for `withSnapshot`. Errors: `DatabaseMissing`, `DatabaseEmpty`, `SidecarsElsewhere`.
 */
export async function withLive<Result>(
  target: Target,
  look: (db: Database.Database) => Result,
): Promise<Result> {
  const { database } = expectSqlite(target, 'To look into it so');
  ensurePrivate(target.state);
  return besideTarget(target, async () => {
    expectDatabase(target);
    await databaseDriver(target).expectOnePlace();
    return readLive(database.file, look);
  });
}

/** SQLite would make one, or read an empty file as a database without tables. */
export function expectDatabase({ database }: Target): void {
  const [file] = databaseFiles(database);
  if (file === undefined) return;
  const live = liveFile(file);
  const found = statSync(live, { throwIfNoEntry: false });
  if (!found) throw permanent('DatabaseMissing', `Cannot find the database "${live}"`);
  if (!found.isFile()) throw permanent('DatabaseMissing', `"${live}" is no file`);
  if (found.size === 0) throw permanent('DatabaseEmpty', `The database "${live}" has 0 bytes`);
}
