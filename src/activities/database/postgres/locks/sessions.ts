import type pg from 'pg';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import type { LockHolder } from '../../driver.ts';
import { isApplication } from '../restore/keep.ts';
import { OUR_NAME } from '../server/with-client.ts';
import { quotedName } from '../content/read-content.ts';

interface Row {
  readonly pid: number;
  readonly begun: string;
  readonly user: string;
  readonly name: string;
  readonly from: string;
  readonly state: string;
  readonly seconds: number;
  readonly waiting: number;
  readonly kind: string;
  readonly query: string | null;
}

/** Programs that copy: what they hold ends by itself, and to end them would cost the copy. */
const COPIERS =
  /^(pg_dump|pg_dumpall|pg_basebackup|pg_restore|pgbackrest|barman|wal-g|pgloader)\b/i;

/** Of this database: who waits for a lock for so long, in seconds, counts. Less is what locks are for. */
const WAITED = 1;

/**
 * Who keeps others from writing: the roots of `pg_blocking_pids`, who wait for nobody themselves, and whoever holds a lock on the key table
 * that conflicts with a write. A prepared transaction has no process: 0.
 */
const HOLDERS = `
with waiting as (
  select a.pid, unnest(pg_blocking_pids(a.pid)) as by
  from pg_stat_activity a
  where a.datname = current_database() and a.wait_event_type = 'Lock'
    and clock_timestamp() - coalesce(a.state_change, a.query_start) > interval '${WAITED} s'
), key as (
  select l.pid from pg_locks l
  where l.locktype = 'relation' and l.granted and l.relation = to_regclass($1)
    and l.database = (select oid from pg_database where datname = current_database())
    and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
), holders as (
  select by as pid, count(distinct pid) as waiting from waiting
    where by not in (select pid from waiting) group by by
  union all
  select distinct coalesce(k.pid, 0), 0 from key k where k.pid is distinct from pg_backend_pid()
)
select h.pid, max(h.waiting)::int as waiting,
  coalesce(to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '') as begun,
  coalesce(a.usename, '') as "user", coalesce(a.application_name, '') as name,
  coalesce(host(a.client_addr), 'the socket') as "from", coalesce(a.state, '') as state,
  coalesce(a.backend_type, '') as kind, left(a.query, 200) as query,
  coalesce(extract(epoch from clock_timestamp() - a.xact_start), 0)::float8 as seconds
from holders h left join pg_stat_activity a on a.pid = h.pid
group by h.pid, a.backend_start, a.usename, a.application_name, a.client_addr, a.state, a.backend_type, a.query, a.xact_start
order by 2 desc, 1`;

export async function lockHolders(
  client: pg.Client,
  target: Pick<PostgresTarget, 'database'>,
): Promise<LockHolder[]> {
  const { keyTable, locks } = target.database;
  const { rows } = await client.query<Row>(HOLDERS, [quotedName(keyTable)]);
  const isOfApplication = isApplication(target);
  return rows.map((row) => {
    const { pid, begun, user, name, from, state, seconds, waiting, kind } = row;
    if (pid === 0)
      return {
        pid,
        startTime: '',
        program: 'a prepared transaction',
        role: 'unseen',
        note: 'A prepared transaction (see pg_prepared_xacts) has locks, and no process: COMMIT PREPARED or ROLLBACK PREPARED ends it',
      };
    const role =
      name === OUR_NAME
        ? 'ours'
        : isOfApplication({ user, name })
          ? 'application'
          : COPIERS.test(name) || locks.spare.includes(name) || kind !== 'client backend'
            ? 'backup'
            : 'other';
    const program = name === '' ? `client of ${user}` : name;
    const held = `${state || kind}, its transaction is ${Math.round(seconds)} s old`;
    const keeps = waiting > 0 ? `; ${waiting} wait for it` : '';
    return {
      pid,
      startTime: begun,
      program,
      role,
      note: `${program} of ${user} from ${from} (backend ${pid}) ${held}${keeps}`,
    };
  });
}
