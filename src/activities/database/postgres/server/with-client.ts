import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { Client, DatabaseError, escapeIdentifier, escapeLiteral } from 'pg';
import { type PostgresConnection } from './connection.ts';
import { failureFor } from './failure-for.ts';

/** By it ours are known in pg_stat_activity, and are ended by no runbook. */
export const OUR_NAME = 'durable-runbooks';
/** In ms: a server that takes longer to answer is not reachable. */
const CONNECT_WITHIN = 10_000;

/** The same text of the same value, whatever the server, the database or the user prefers. */
const SESSION = [
  'TimeZone=UTC',
  'DateStyle=ISO',
  'IntervalStyle=postgres',
  'extra_float_digits=1',
  'bytea_output=hex',
  'search_path=pg_catalog',
  'default_transaction_read_only=off',
  'row_security=off',
];

export interface ClientOptions {
  /** Default: the target's own. */
  readonly database?: string;
  /** In ms, of each statement. Default: 60 s. 0: none. */
  readonly statement?: number;
  /** In ms, for each lock. Default: 5 s. */
  readonly lock?: number;
}

/** Lends a connection that is closed afterwards. Errors: failures of ours, see `failureFor`. */
export async function withClient<Result>(
  connection: PostgresConnection,
  use: (client: Client) => Promise<Result>,
  { database = connection.database, statement = 60_000, lock = 5000 }: ClientOptions = {},
): Promise<Result> {
  const at = { ...connection, database };
  const settings = [...SESSION, `statement_timeout=${statement}`, `lock_timeout=${lock}`];
  let lost: Error | undefined;
  const client = new Client({
    host: at.host,
    port: at.port,
    database,
    user: at.user,
    // Undefined would let the library take one of the environment.
    password: at.password ?? '',
    ssl: sslOf(at),
    application_name: OUR_NAME,
    connectionTimeoutMillis: CONNECT_WITHIN,
    keepAlive: true,
    options: settings.map((one) => `-c ${one}`).join(' '),
  });
  // Cut off while nothing is asked: what is asked next fails, and says so.
  client.on('error', (error) => (lost = error));
  try {
    await client.connect();
  } catch (error) {
    throw failureFor(error, at);
  }
  try {
    return await use(client);
  } catch (error) {
    if (error instanceof DatabaseError || lost || CUT_OFF.test((error as Error).message))
      throw failureFor(lost ?? error, at);
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

/** What pg says of a connection that is gone. */
const CUT_OFF = /^Connection terminated|is not queryable|timeout exceeded when trying to connect/;

export function identifier(name: string): string {
  return escapeIdentifier(name);
}

export function literal(text: string): string {
  return escapeLiteral(text);
}

function sslOf({ tls, host }: PostgresConnection): ConnectionOptions | false {
  if (!tls || tls.mode === 'disable' || host.startsWith('/')) return false;
  const ca = tls.ca === undefined ? {} : { ca: readFileSync(tls.ca, 'utf8') };
  if (tls.mode === 'require') return { rejectUnauthorized: false };
  // verify-ca asks who signed it, and not for whom.
  const anyName = tls.mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {};
  return { ...ca, rejectUnauthorized: true, ...anyName };
}
