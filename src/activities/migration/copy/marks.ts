import type { Client } from 'pg';
import { permanent } from '../../../os/failure.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { quoted } from '../source/quoted.ts';

/** What a migration remembers in the database that it fills: nothing there is dropped that it has not made. */
const SCHEMA = 'runbook_migration';

/** `copying`: of no use yet. `copied`: whole. `live`: the application works on it. `left`: it did, and went back. */
type State = 'copying' | 'copied' | 'live' | 'left';

export interface Mark {
  readonly state: State;
  readonly stamp: Stamp;
  /** Of keys and indexes, when it is copied: in ms. */
  readonly build?: number;
}

/** What one table of a copy holds, and how long it took, in ms. */
export interface Made {
  readonly rows: number;
  readonly rejects: number;
  readonly milliseconds: number;
}

/** Undefined: no migration has been here. */
export async function readMark(client: Client): Promise<Mark | undefined> {
  const { rows: there } = await client.query(`select to_regclass('${SCHEMA}.mark') as mark`);
  if ((there[0] as { mark: string | null }).mark === null) return undefined;
  await extend(client);
  const { rows } = await client.query<Mark & { build: number | null }>(
    `select state, stamp, build from ${SCHEMA}.mark`,
  );
  const [mark] = rows;
  if (!mark) return undefined;
  const { build, ...rest } = mark;
  return build === null ? rest : { ...rest, build };
}

export async function writeMark(client: Client, { state, stamp, build }: Mark): Promise<void> {
  await client.query(`create schema if not exists ${SCHEMA}`);
  await client.query(
    `create table if not exists ${SCHEMA}.mark (one boolean primary key default true check (one), state text not null, stamp text not null)`,
  );
  await client.query(
    `create table if not exists ${SCHEMA}.made (name text primary key, stamp text not null)`,
  );
  await extend(client);
  await client.query(
    `insert into ${SCHEMA}.mark (state, stamp, build) values ($1, $2, $3)
       on conflict (one) do update set state = $1, stamp = $2, build = coalesce($3, mark.build)`,
    [state, stamp, build ?? null],
  );
}

/** What an earlier version of ours had not noted yet. */
async function extend(client: Client): Promise<void> {
  await client.query(
    `alter table ${SCHEMA}.mark add column if not exists build int;
     alter table ${SCHEMA}.made add column if not exists rows bigint not null default 0,
       add column if not exists rejects bigint not null default 0,
       add column if not exists milliseconds int not null default 0`,
  );
}

/** The tables that this copy has made whole, by a commit of its own for each. */
export async function madeBy(client: Client, stamp: Stamp): Promise<ReadonlyMap<string, Made>> {
  const { rows } = await client.query<{ name: string; rows: string; rejects: string; ms: number }>(
    `select name, rows::text, rejects::text, milliseconds as ms from ${SCHEMA}.made where stamp = $1`,
    [stamp],
  );
  return new Map(
    rows.map(({ name, rows: count, rejects, ms }) => [
      name,
      { rows: Number(count), rejects: Number(rejects), milliseconds: ms },
    ]),
  );
}

export async function noteMade(
  client: Client,
  name: string,
  stamp: Stamp,
  { rows, rejects, milliseconds }: Made = { rows: 0, rejects: 0, milliseconds: 0 },
): Promise<void> {
  await client.query(
    `insert into ${SCHEMA}.made (name, stamp, rows, rejects, milliseconds) values ($1, $2, $3, $4, $5)
       on conflict (name) do update set stamp = $2, rows = $3, rejects = $4, milliseconds = $5`,
    [name, stamp, rows, rejects, milliseconds],
  );
}

/** Demands that nothing is in the way that a migration has not made. Errors: `DatabaseNotEmpty`, `Migrated` when the application works on it. */
export async function expectOwn(client: Client): Promise<void> {
  const mark = await readMark(client);
  if (mark?.state === 'live')
    throw permanent(
      'Migrated',
      `The application works on this database since the migration of ${mark.stamp}: nothing is copied over it`,
    );
  const made = mark ? `select name from ${SCHEMA}.made` : `select null::text`;
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = current_schema() and c.relkind in ('r', 'p', 'f')
       and c.relname not in (select coalesce(name, '') from (${made}) as own (name)) order by 1 limit 5`,
  );
  if (rows.length === 0) return;
  throw permanent(
    'DatabaseNotEmpty',
    `The PostgreSQL database has tables that no migration has made, such as ${rows.map(({ name }) => `"${name}"`).join(', ')}: name an empty one, or remove them`,
  );
}

/** Removes what an earlier copy has made, and what depends on it. */
export async function dropMade(client: Client, keeping: ReadonlySet<string>): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`select name from ${SCHEMA}.made`);
  for (const { name } of rows.filter((one) => !keeping.has(one.name))) {
    await client.query(`drop table if exists ${quoted(name)} cascade`);
    await client.query(`delete from ${SCHEMA}.made where name = $1`, [name]);
  }
}
