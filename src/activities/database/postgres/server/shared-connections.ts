import type { ConnectionOptions } from 'node:tls';
import { Client } from 'pg';

export interface Login {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly ssl?: ConnectionOptions;
}

/** In ms: a server that takes longer to answer is not reachable. */
const WITHIN = 10_000;
const CONNECTIONS = 3;
/** A pooler that others use at the same time may give each of ours a connection of its own for a while. */
const ROUNDS = 20;
/** One process of the server, for as long as it lives. */
const BACKEND = `select pid || ' ' || backend_start::text as backend from pg_stat_activity where pid = pg_backend_pid()`;

/**
 * Whether several connections are served by one process of the server, or one by several: so does a pooler that keeps none for a whole
 * session, and never PostgreSQL itself. Changes nothing, and prepares no statement. Error: what the server says that lets nobody in.
 */
export async function sharesConnections({ ssl, ...login }: Login): Promise<boolean> {
  const clients = Array.from(
    { length: CONNECTIONS },
    () =>
      // No options: PgBouncer refuses them.
      new Client({
        ...login,
        ssl: ssl ?? false,
        connectionTimeoutMillis: WITHIN,
        query_timeout: WITHIN,
      }),
  );
  // Whoever asks next is told.
  for (const client of clients) client.on('error', () => {});
  try {
    for (const client of clients) await client.connect();
    const servedBy = new Map<Client, string>();
    for (let round = 0; round < ROUNDS; round += 1)
      for (const client of clients) {
        const { rows } = await client.query<{ backend: string }>(BACKEND);
        const { backend } = rows[0]!;
        const isOther = (servedBy.get(client) ?? backend) !== backend;
        servedBy.set(client, backend);
        if (isOther || new Set(servedBy.values()).size < servedBy.size) return true;
      }
    return false;
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => {})));
  }
}
