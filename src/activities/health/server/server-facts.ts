import type pg from 'pg';
import type { PostgresTarget } from '../../../config/schema/target.ts';
import { quotedName } from '../../database/postgres/content/read-content.ts';
import { sizesOf, type Sizes } from '../../database/postgres/upkeep/measure.ts';

/** What one connection tells of a database and its server. */
export interface ServerFacts extends Sizes {
  /** Of the planner, where the table is large: to count one of 100 GB is work. */
  readonly rows: number;
  readonly about: boolean;
  readonly querySeconds: number;
  readonly connections: number;
  readonly maxConnections: number;
  /** Of the longest wait for a lock in this database, in seconds. */
  readonly waits: number;
  readonly waiting: string | undefined;
  /** Of the eldest transaction in this database, in seconds, and whose it is. */
  readonly eldest: number;
  readonly eldestOf: string | undefined;
  readonly checksumFailures: number;
  /** Missing: `archive_mode` is off. */
  readonly archiver: Archiver | undefined;
  readonly slots: readonly Slot[];
  /** Missing: this user may not look. */
  readonly walBytes: number | undefined;
}

interface Archiver {
  /** After the last success, in seconds since the last failure. */
  readonly failing: boolean;
  readonly failedFile: string;
  /** Seconds since something was archived. Missing: never. */
  readonly age: number | undefined;
}

interface Slot {
  readonly name: string;
  readonly active: boolean;
  /** Of the log that the server keeps for it. */
  readonly bytes: number;
  readonly lost: boolean;
}

/** A table of more pages than these is not counted in full. */
const COUNTED_PAGES = 5000;

export async function serverFacts(
  client: pg.Client,
  { database }: Pick<PostgresTarget, 'database'>,
): Promise<ServerFacts> {
  const table = quotedName(database.keyTable);
  const sizes = await sizesOf(client);
  const { rows: known } = await client.query<{ pages: number; about: number }>(
    'select relpages as pages, reltuples::float8 as about from pg_class where oid = to_regclass($1)',
    [table],
  );
  const [planner] = known;
  const about = planner !== undefined && planner.pages > COUNTED_PAGES;
  const begun = performance.now();
  const { rows: counted } = about
    ? { rows: [{ rows: planner.about }] }
    : await client.query<{ rows: number }>(`select count(*)::float8 as rows from ${table}`);
  const reading = performance.now();
  await client.query(`select * from ${table} limit 100`);
  const querySeconds = (performance.now() - (about ? reading : begun)) / 1000;
  const { rows } = await client.query<{
    connections: number;
    max: number;
    failures: number;
    mode: string;
  }>(
    `select (select count(*)::float8 from pg_stat_activity where backend_type = 'client backend') as connections,
       current_setting('max_connections')::float8 as max,
       coalesce((select checksum_failures from pg_stat_database where datname = current_database()), 0)::float8 as failures,
       current_setting('archive_mode') as mode`,
  );
  const { connections, max, failures, mode } = rows[0]!;
  return {
    ...sizes,
    rows: counted[0]!.rows,
    about,
    querySeconds,
    connections,
    maxConnections: max,
    checksumFailures: failures,
    ...(await longest(client)),
    archiver: mode === 'off' ? undefined : await archiverOf(client),
    slots: await slotsOf(client),
    walBytes: await walOf(client),
  };
}

async function longest(client: pg.Client) {
  const { rows } = await client.query<{
    waits: number;
    waiting: string | null;
    eldest: number;
    of: string | null;
  }>(
    `with seen as (
       select pid, usename, application_name, wait_event_type,
         extract(epoch from clock_timestamp() - coalesce(state_change, query_start))::float8 as since,
         extract(epoch from clock_timestamp() - xact_start)::float8 as age
       from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
     ), waits as (select * from seen where wait_event_type = 'Lock' order by since desc limit 1),
     old as (select * from seen where age is not null order by age desc limit 1)
     select coalesce((select since from waits), 0) as waits,
       (select format('%s (backend %s)', coalesce(nullif(application_name, ''), usename), pid) from waits) as waiting,
       coalesce((select age from old), 0) as eldest,
       (select format('%s (backend %s)', coalesce(nullif(application_name, ''), usename), pid) from old) as of`,
  );
  const { waits, waiting, eldest, of } = rows[0]!;
  return { waits, waiting: waiting ?? undefined, eldest, eldestOf: of ?? undefined };
}

async function archiverOf(client: pg.Client): Promise<Archiver> {
  const { rows } = await client.query<{
    failing: boolean;
    file: string | null;
    age: number | null;
  }>(
    `select last_failed_time is not null and last_failed_time > coalesce(last_archived_time, '-infinity') as failing,
       last_failed_wal as file, extract(epoch from clock_timestamp() - last_archived_time)::float8 as age
     from pg_stat_archiver`,
  );
  const { failing, file, age } = rows[0]!;
  return { failing, failedFile: file ?? '', age: age ?? undefined };
}

async function slotsOf(client: pg.Client): Promise<Slot[]> {
  const { rows } = await client.query<Slot>(
    `select slot_name as name, active, coalesce(wal_status, '') = 'lost' as lost,
       coalesce(case when pg_is_in_recovery() then 0 else pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) end, 0)::float8 as bytes
     from pg_replication_slots order by bytes desc`,
  );
  return rows;
}

/** For members of pg_monitor. */
async function walOf(client: pg.Client): Promise<number | undefined> {
  try {
    const { rows } = await client.query<{ bytes: number }>(
      'select coalesce(sum(size), 0)::float8 as bytes from pg_ls_waldir()',
    );
    return rows[0]!.bytes;
  } catch (error) {
    if ((error as { code?: string }).code === '42501') return undefined;
    throw error;
  }
}
