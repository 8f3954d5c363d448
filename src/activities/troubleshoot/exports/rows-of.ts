import { isSqlite, type PostgresTarget, type Target } from '../../../config/schema/target.ts';
import type { SqliteDatabase } from '../../../config/schema/database.ts';
import { quotedName } from '../../database/postgres/content/read-content.ts';
import { connectionOf } from '../../database/postgres/server/connection.ts';
import { withClient } from '../../database/postgres/server/with-client.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { identifier } from '../../database/sqlite/file/identifier.ts';
import { readLive } from '../../database/sqlite/file/read-live.ts';

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (string | number | null)[][];
}

/** So many show whether an export has data. None leaves this machine, or gets into a history. */
const MOST = 1000;
const LONGEST = 1000;

/** The first rows of the key table. Error: whatever the engine says of it. */
export async function rowsOf(target: Pick<Target, 'database' | 'directory'>): Promise<Rows> {
  return isSqlite(target) ? inFile(target.database) : onServer(target as PostgresTarget);
}

async function onServer(target: Pick<PostgresTarget, 'database' | 'directory'>): Promise<Rows> {
  const { keyTable } = target.database;
  return withClient(connectionOf(target), async (client) => {
    const { fields, rows } = await client.query<unknown[]>({
      text: `select * from ${quotedName(keyTable)} limit ${MOST}`,
      rowMode: 'array',
    });
    return { columns: fields.map(({ name }) => name), rows: rows.map((row) => row.map(plain)) };
  });
}

function inFile({ file, keyTable }: SqliteDatabase): Rows {
  return readLive(liveFile(file), (db) => {
    const statement = db
      .prepare(`select * from ${identifier(keyTable)} limit ${MOST}`)
      .safeIntegers();
    const columns = statement.columns().map(({ name }) => name);
    const rows = statement.raw().all() as unknown[][];
    return { columns, rows: rows.map((row) => row.map(plain)) };
  });
}

function plain(cell: unknown): string | number | null {
  if (cell === null || typeof cell === 'number') return cell;
  if (typeof cell === 'bigint') return cell.toString();
  if (Buffer.isBuffer(cell)) return cell.toString('hex').slice(0, LONGEST);
  if (cell instanceof Date) return cell.toISOString();
  return (typeof cell === 'string' ? cell : JSON.stringify(cell)).slice(0, LONGEST);
}
