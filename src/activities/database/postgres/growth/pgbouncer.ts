import type { PostgresConnection } from '../server/connection.ts';
import type { ServerFacts } from './server-facts.ts';

export interface Pooling {
  readonly connection: PostgresConnection;
  readonly facts: ServerFacts;
  /** Roles of the application. */
  readonly users: readonly string[];
  /** Of PgBouncer, such as `1.18.0`. Undefined: it is not installed here. */
  readonly version: string | undefined;
}

/** Kept free for runbooks, backups, and whoever has to look what is wrong. */
const OTHERS = 10;

/**
 * A configuration of PgBouncer before the database, and how its list of users is made: that holds what logs in, and is nothing for us to write.
 * Transactions are pooled from 1.21 on, which knows prepared statements; below that a client keeps its session.
 */
export function pgbouncerPlan({ connection, facts, users, version }: Pooling): {
  readonly ini: string;
  readonly users: string;
} {
  const { host, port, database } = connection;
  const transactions = version !== undefined && knowsStatements(version);
  const pools = Math.max(1, users.length);
  const size = Math.max(1, Math.floor((facts.connections - OTHERS) / pools));
  const tls = connection.tls;
  const secure =
    tls && tls.mode !== 'disable'
      ? [
          `server_tls_sslmode = ${tls.mode}`,
          ...(tls.ca === undefined ? [] : [`server_tls_ca_file = ${tls.ca}`]),
        ]
      : [];
  const ini = [
    `; PgBouncer before "${database}", for ${version === undefined ? 'a version that was not known' : `version ${version}`}.`,
    '; Runbooks, pg_dump and migrations of the schema go past it: they need sessions of their own.',
    '[databases]',
    ...entryOf(database, `host=${value(host)} port=${port}`),
    '',
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    'listen_port = 6432',
    'unix_socket_dir =',
    `auth_type = ${facts.passwords === 'md5' ? 'md5' : 'scram-sha-256'}`,
    'auth_file = users.txt',
    ...(transactions
      ? ['pool_mode = transaction', 'max_prepared_statements = 200']
      : [
          '; Below 1.21 a second client with the same prepared statement is refused in any other mode.',
          'pool_mode = session',
          'server_reset_query = DISCARD ALL',
        ]),
    `; The server takes ${facts.connections} from those who are no superusers; ${OTHERS} are left for others.`,
    `default_pool_size = ${size}`,
    `max_client_conn = ${Math.max(1000, 10 * size)}`,
    '; Asked for by drivers, and the same for all.',
    'ignore_startup_parameters = extra_float_digits',
    'query_wait_timeout = 120',
    ...secure,
    '',
  ].join('\n');
  const names = users.map((user) => `'${user.replaceAll("'", "''")}'`).join(', ');
  return {
    ini,
    users: [
      '-- psql -XAt -f users.sql > users.txt, as a superuser: what comes is what logs in. chmod 600 users.txt, and give it to the user of PgBouncer.',
      String.raw`select format('"%s" "%s"', replace(rolname, '"', '""'), rolpassword)`,
      `from pg_authid where rolname in (${names || "'the application''s role'"}) and rolpassword is not null;`,
      '',
    ].join('\n'),
  };
}

/** 1.21 and later: https://www.pgbouncer.org/changelog.html */
function knowsStatements(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 21);
}

/** A name with other letters cannot stand there, in quotes neither (seen in 1.18): then every name is let through, and the server decides. */
function entryOf(database: string, place: string): string[] {
  if (/^[A-Za-z0-9_.-]+$/.test(database)) return [`${database} = ${place} dbname=${database}`];
  return [
    '; Its name has letters that PgBouncer takes for none: each name goes to this server.',
    `* = ${place}`,
  ];
}

/** Of a connection string of PgBouncer, where a quote is written twice. */
function value(text: string): string {
  return /^[A-Za-z0-9_./-]+$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
}
