import type pg from 'pg';
import { passing } from '../../../../os/failure.ts';
import { identifier, OUR_NAME } from './with-client.ts';

/** One database of the server. */
export interface SeenDatabase {
  /** `<system identifier>/<oid>`: no other database, on any server, has ever had it. */
  readonly token: string;
  readonly bytes: number | undefined;
  readonly connectable: boolean;
}

/** Undefined: there is none of that name. Its size is asked for only where that is possible. */
export async function findDatabase(
  client: pg.Client,
  name: string,
): Promise<SeenDatabase | undefined> {
  const { rows } = await client.query<{ oid: string; open: boolean; system: string; may: boolean }>(
    `select d.oid::text as oid, d.datallowconn and d.datconnlimit <> -2 as open,
       (select system_identifier::text from pg_control_system()) as system,
       has_database_privilege(d.oid, 'connect') as may
     from pg_database d where d.datname = $1`,
    [name],
  );
  const [found] = rows;
  if (!found) return undefined;
  const { rows: sizes } = found.may
    ? await client.query<{ bytes: string }>('select pg_database_size($1::oid)::text as bytes', [
        found.oid,
      ])
    : { rows: [] };
  const [size] = sizes;
  return {
    token: `${found.system}/${found.oid}`,
    bytes: size === undefined ? undefined : Number(size.bytes),
    connectable: found.open,
  };
}

/** All of one ending, such as what killed attempts have left. */
export async function databasesLike(client: pg.Client, pattern: RegExp): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'select datname as name from pg_database order by datname',
  );
  return rows.map(({ name }) => name).filter((name) => pattern.test(name));
}

/** Removes it with whoever is in it: it is one that only we know. */
export async function dropDatabase(client: pg.Client, name: string): Promise<boolean> {
  if (!(await findDatabase(client, name))) return false;
  await client.query(`drop database ${identifier(name)} with (force)`);
  return true;
}

/** A session on one database. */
export interface Session {
  readonly pid: number;
  readonly user: string;
  /** `application_name`. */
  readonly name: string;
  /** Where it comes from, as text. */
  readonly from: string;
  readonly state: string;
}

/** Who is connected to a database, besides this session and the server's own processes. */
export async function sessionsOn(client: pg.Client, database: string): Promise<Session[]> {
  const { rows } = await client.query<Session>(
    `select pid, coalesce(usename, '') as "user", coalesce(application_name, '') as name,
       coalesce(host(client_addr), 'the socket') as "from", coalesce(state, '') as state
     from pg_stat_activity
     where datname = $1 and pid <> pg_backend_pid() and backend_type = 'client backend'`,
    [database],
  );
  return rows;
}

function sessionText({ pid, user, name, from }: Session): string {
  return `${name === '' ? 'a client' : `"${name}"`} of ${user} from ${from} (backend ${pid})`;
}

/** In ms: whoever is told to end is gone by then. */
const GONE_WITHIN = 5000;

/**
 * Demands that nobody is connected. Sessions that `mayEnd` allows are ended, and so are those that killed attempts of ours have left.
 * Error: `DatabaseInUse`, which names the others.
 */
export async function expectEmpty(
  client: pg.Client,
  database: string,
  mayEnd: (session: Session) => boolean,
): Promise<void> {
  for (const end = Date.now() + GONE_WITHIN; ;) {
    const sessions = await sessionsOn(client, database);
    if (sessions.length === 0) return;
    const others = sessions.filter((one) => one.name !== OUR_NAME && !mayEnd(one));
    if (others.length > 0)
      throw passing(
        'DatabaseInUse',
        `"${database}" is still used by ${others.map(sessionText).join(', ')}: end that first, or name it in "database.application"`,
      );
    for (const { pid } of sessions) await client.query('select pg_terminate_backend($1)', [pid]);
    if (Date.now() > end)
      throw passing(
        'DatabaseInUse',
        `"${database}" is still used by ${sessions.map(sessionText).join(', ')}, which do not end`,
      );
    await client.query('select pg_sleep(0.1)');
  }
}
