import type { Target } from '../../../config/schema/target.ts';
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

/** The first rows of the key table. Error: whatever SQLite says of it. */
export function rowsOf({ file, keyTable }: Target['database']): Rows {
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
  return (Buffer.isBuffer(cell) ? cell.toString('hex') : (cell as string)).slice(0, LONGEST);
}
