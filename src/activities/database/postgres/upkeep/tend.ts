import type pg from 'pg';
import type { Analysed, Reclaimed } from '../../upkeep-results.ts';
import type { PostgresConnection } from '../server/connection.ts';
import { identifier, withClient } from '../server/with-client.ts';
import { sizesOf } from './measure.ts';

const LONG = { statement: 0, lock: 10_000 };

interface Table {
  readonly schema: string;
  readonly table: string;
  readonly dead: string;
}

/** Those that this user may vacuum: its own, and those of roles that it is a member of. */
async function ownTables(client: pg.Client): Promise<readonly Table[]> {
  const { rows } = await client.query<Table>(
    `select s.schemaname as schema, s.relname as table, s.n_dead_tup::text as dead
     from pg_stat_user_tables s join pg_class c on c.oid = s.relid
     where pg_has_role(c.relowner, 'usage') order by s.n_dead_tup desc, 1, 2`,
  );
  return rows;
}

/** How many milliseconds the longest of them took. */
async function each(client: pg.Client, verb: string, tables: readonly Table[]): Promise<number> {
  let longest = 0;
  for (const { schema, table } of tables) {
    const begun = performance.now();
    await client.query(`${verb} ${identifier(schema)}.${identifier(table)}`);
    longest = Math.max(longest, performance.now() - begun);
  }
  return Math.round(longest);
}

/** VACUUM of all tables with dead rows: nobody waits for it. Never FULL, which keeps all others out. */
export async function reclaim(connection: PostgresConnection): Promise<Reclaimed> {
  return withClient(
    connection,
    async (client) => {
      const tables = (await ownTables(client)).filter(({ dead }) => Number(dead) > 0);
      const before = await sizesOf(client);
      const longestMilliseconds = await each(client, 'vacuum', tables);
      // The counters come a moment later.
      await client.query('select pg_sleep(0.6), pg_stat_clear_snapshot()');
      const after = await sizesOf(client);
      const share = after.dead / Math.max(1, after.dead + after.live);
      return {
        pages: Math.max(0, Math.round((before.bytes - after.bytes) / after.pageSize)),
        left: Math.round((after.bytes / after.pageSize) * share),
        pieces: tables.length,
        longestMilliseconds,
        changed: tables.length > 0,
      };
    },
    LONG,
  );
}

/** ANALYZE of all tables: what its planner knows. */
export async function analyse(connection: PostgresConnection): Promise<Analysed> {
  return withClient(
    connection,
    async (client) => {
      const tables = await ownTables(client);
      return { tables: tables.length, longestMilliseconds: await each(client, 'analyze', tables) };
    },
    LONG,
  );
}
