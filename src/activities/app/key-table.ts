import { databaseText } from '../../config/load/database-text.ts';
import type { SqliteDatabase } from '../../config/schema/database.ts';
import { isSqlite, type PostgresTarget, type Target } from '../../config/schema/target.ts';
import { passing, permanent } from '../../os/failure.ts';
import { countOf as countOnServer } from '../database/postgres/content/read-content.ts';
import { connectionOf } from '../database/postgres/server/connection.ts';
import { withClient } from '../database/postgres/server/with-client.ts';
import { countOf } from '../database/sqlite/file/content.ts';
import { isLocked } from '../database/sqlite/file/errors.ts';
import { openInPlace } from '../database/sqlite/file/in-place.ts';

export interface KeyTableReading {
  readonly rows: number;
  readonly milliseconds: number;
}

/** Counts the key table of the live database, as the running application sees it. */
export async function readKeyTable(
  target: Pick<Target, 'database' | 'directory'>,
): Promise<KeyTableReading> {
  const begun = performance.now();
  const rows = isSqlite(target)
    ? countInFile(target.database)
    : await withClient(connectionOf(target as PostgresTarget), (client) =>
        countOnServer(client, target.database.keyTable),
      );
  return { rows, milliseconds: Math.round(performance.now() - begun) };
}

function countInFile(database: SqliteDatabase): number {
  const { file, keyTable } = database;
  try {
    const { db, close } = openInPlace(file);
    try {
      return countOf(db, keyTable);
    } finally {
      close();
    }
  } catch (error) {
    const text = `Cannot read table "${keyTable}" of "${databaseText(database)}": ${(error as Error).message}`;
    if (isLocked(error)) throw passing('DatabaseLocked', text);
    throw permanent('DatabaseUnreadable', text);
  }
}
