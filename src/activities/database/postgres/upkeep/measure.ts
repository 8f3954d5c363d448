import type pg from 'pg';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { asRatio } from '../../../../config/schema/values/quantities.ts';
import { inMebibytes } from '../../../../os/files/disk-space.ts';
import type { Measurement } from '../../upkeep-results.ts';
import type { PostgresConnection } from '../server/connection.ts';
import { withClient } from '../server/with-client.ts';

/** Transactions since the oldest row was frozen: at 2^31 the server refuses to write. */
const WRAPAROUND = 2 ** 31;

export interface Sizes {
  readonly bytes: number;
  readonly dead: number;
  readonly live: number;
  readonly pageSize: number;
  readonly age: number;
}

export async function sizesOf(client: pg.Client): Promise<Sizes> {
  const { rows } = await client.query<Record<keyof Sizes, string>>(
    `select pg_database_size(current_database())::text as bytes,
       coalesce(sum(n_dead_tup), 0)::text as dead, coalesce(sum(n_live_tup), 0)::text as live,
       current_setting('block_size') as "pageSize",
       (select age(datfrozenxid)::text from pg_database where datname = current_database()) as age
     from pg_stat_user_tables`,
  );
  const { bytes, dead, live, pageSize, age } = rows[0]!;
  return {
    bytes: Number(bytes),
    dead: Number(dead),
    live: Number(live),
    pageSize: Number(pageSize),
    age: Number(age),
  };
}

/**
 * Its size with indexes, and what of it is dead: rows that were changed or deleted, and that VACUUM has not cleared. Pages are told in the share
 * of dead rows. The log is the whole server's, and is not counted.
 */
export async function measure(
  target: Pick<PostgresTarget, 'database'>,
  connection: PostgresConnection,
): Promise<Measurement> {
  const { bytes, dead, live, pageSize, age } = await withClient(connection, sizesOf);
  const share = dead / Math.max(1, dead + live);
  const pages = Math.round(bytes / pageSize);
  const used = Math.round((age / WRAPAROUND) * 100);
  return {
    bytes,
    logBytes: 0,
    pageSize,
    pages,
    freePages: Math.round(pages * share),
    // It is given back table by table, while the application runs.
    autoVacuum: 'incremental',
    wasteful: share > asRatio(target.database.maintenance.compactAbove),
    note: `${inMebibytes(bytes)}, ${Math.round(share * 100)} % of its rows are dead, ${used} % of its transaction ids are used`,
  };
}
