import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Target } from '../../config/schema/target.ts';
import { passing, permanent } from '../../os/failure.ts';
import {
  connectionOf,
  connectionText,
  type PostgresConnection,
} from '../database/postgres/server/connection.ts';
import { withClient } from '../database/postgres/server/with-client.ts';
import type { Migration } from '../../config/schema/moving/migration.ts';

/** The target as far as a migration is concerned. Error: `InvalidInput`, when its file says nothing of one. */
export function migrationOf({ migration, name }: Pick<Target, 'migration' | 'name'>): Migration {
  if (migration) return migration;
  throw permanent(
    'InvalidInput',
    `Target "${name}" says nothing of where it migrates to: add "migration" to its file`,
  );
}

/** The database to which a target migrates, with its secrets read now. */
export function connectionTo(
  target: Pick<Target, 'migration' | 'name' | 'directory'>,
): PostgresConnection {
  return connectionOf({
    database: migrationOf(target).to,
    directory: target.directory,
  });
}

/** Where the tables are. */
const SCHEMA = 'public';
/** The oldest that has `trim_scale`, which compares numerics. */
const OLDEST = 13;

interface Postgres {
  readonly client: Client;
  /** Whose the database is, and what is made in it. */
  readonly owner: string;
  /** As people know it. */
  readonly text: string;
}

/** Lends a connection to it. Statements take as long as the database is large. Errors: those of `withClient`, `CannotCheck`. */
export async function withPostgres<Result>(
  target: Pick<Target, 'migration' | 'name' | 'directory'>,
  use: (postgres: Postgres) => Promise<Result>,
): Promise<Result> {
  const connection = connectionTo(target);
  return withClient(
    connection,
    async (client) => {
      await client.query(`set search_path = ${SCHEMA}, pg_catalog`);
      const { rows } = await client.query<{ version: string; encoding: string; owner: string }>(
        `select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding,
           pg_get_userbyid(datdba) as owner from pg_database where datname = current_database()`,
      );
      const [{ version, encoding, owner }] = rows as [
        { version: string; encoding: string; owner: string },
      ];
      const text = connectionText(connection);
      if (Number(version) < OLDEST * 10_000)
        throw permanent(
          'CannotCheck',
          `${text} is older than PostgreSQL ${OLDEST}: use a newer server`,
        );
      if (encoding !== 'UTF8')
        throw permanent(
          'CannotCheck',
          `${text} has encoding ${encoding}: create it with encoding UTF8`,
        );
      return use({ client, owner, text });
    },
    { statement: 0 },
  );
}

/** What has just ended is seen for a moment longer. In ms. */
const GONE_WITHIN = 5000;

/** Demands that nobody but us is connected. Error: `DatabaseInUse`, with who is. */
export async function expectAlone({
  client,
  text,
}: Pick<Postgres, 'client' | 'text'>): Promise<void> {
  for (const end = Date.now() + GONE_WITHIN; ;) {
    const { rows } = await client.query<{ who: string }>(
      `select format('%s (%s, backend %s)', usename, coalesce(nullif(application_name, ''), 'no name'), pid) as who
       from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
         and backend_type = 'client backend' limit 5`,
    );
    if (rows.length === 0) return;
    if (Date.now() > end)
      throw passing(
        'DatabaseInUse',
        `${text} is used by ${rows.map(({ who }) => who).join(', ')}: end that first, such as the trial`,
      );
    await sleep(100);
  }
}
