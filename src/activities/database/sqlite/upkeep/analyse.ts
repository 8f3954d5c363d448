import type Database from 'better-sqlite3';
import { liveFile } from '../../../../os/files/live-file.ts';
import type { Analysed } from '../../upkeep-results.ts';
import { gently } from './gently.ts';
import { identifier } from '../file/identifier.ts';

/** Rows read of each index: enough for the planner, and milliseconds whatever the size (https://sqlite.org/lang_analyze.html). */
const ANALYSIS_LIMIT = 400;

/** Refreshes what the query planner knows, table by table, while the application writes. */
export async function analyse(file: string): Promise<Analysed> {
  return gently(liveFile(file), async ({ db, piece }) => {
    const { result: tables } = await piece(() => indexedTables(db));
    await piece(() => db.pragma(`analysis_limit = ${ANALYSIS_LIMIT}`));
    let longest = 0;
    for (const sql of [
      ...tables.map((table) => `analyze ${identifier(table)}`),
      'pragma optimize',
    ]) {
      const { milliseconds } = await piece(() => db.exec(sql));
      longest = Math.max(longest, milliseconds);
    }
    return { tables: tables.length, longestMilliseconds: Math.ceil(longest) };
  });
}

/** Without an index there is nothing to choose between, and all its rows would be counted. */
function indexedTables(db: Database.Database): string[] {
  return db
    .prepare(
      `select distinct tbl_name from sqlite_schema
       where type = 'index' and tbl_name not like 'sqlite\\_%' escape '\\' order by 1`,
    )
    .pluck()
    .all() as string[];
}
