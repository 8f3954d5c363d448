import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { createSystems, type Systems } from '../../src/activities/index.ts';
import { connectionOf } from '../../src/activities/database/postgres/server/connection.ts';
import type { PostgresTarget, Target } from '../../src/config/schema/target.ts';
import { type Cluster, fillDatabase, PASSWORD, startCluster } from './postgres.ts';
import { reservedPort } from './reserved-port.ts';
import { targetIn, test as base } from './target.ts';

/** What a test asks the server of the target for. */
export interface Server {
  readonly cluster: Cluster;
  /** Of the target. */
  readonly database: string;
  rows(database?: string): Promise<number>;
  /** All databases of this test, without the prefix that is its own. */
  names(): Promise<string[]>;
  sql(text: string, database?: string): Promise<unknown[]>;
}

/**
 * A target on a real PostgreSQL cluster, which the tests of a file share: a database of its own for every test, asked for by a user who is no
 * superuser. Its application is real where a test starts it.
 */
export const test = base.extend<{
  cluster: Cluster;
  rows: number;
  more: Partial<z.input<typeof Target>>;
  world: PostgresTarget;
  server: Server;
  systems: Systems;
}>({
  rows: 500,
  more: {},
  cluster: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const cluster = await startCluster();
      await use(cluster);
      await cluster.stop();
    },
    { scope: 'file' },
  ],
  world: async ({ directory, cluster, rows, more }, use) => {
    const database = `shop ${crypto.randomUUID().slice(0, 8)}`;
    await fillDatabase(cluster, database, rows);
    const port = await reservedPort();
    const url = `http://127.0.0.1:${port}`;
    const app = fileURLToPath(new URL('postgres-app.ts', import.meta.url));
    const password = join(directory, 'password');
    const at = `app@127.0.0.1:${cluster.port}/${encodeURIComponent(database)}`;
    const own = `postgresql://${at}?passwordFile=${encodeURIComponent(password)}`;
    const world = targetIn(directory, {
      app: {
        kind: 'web',
        url,
        health: `${url}/_stcore/health`,
        timeout: '5s',
        ready: { within: '20s', every: '500ms' },
      },
      runtime: {
        kind: 'process',
        command: [process.execPath, app, own, `${port}`, `${process.pid}`],
        log: join(directory, 'app.log'),
      },
      database: {
        kind: 'postgres',
        host: '127.0.0.1',
        port: cluster.port,
        database,
        user: 'operations',
        password: 'file:password',
        keyTable: 'indicators',
        application: { users: ['app'] },
        locks: { wait: '2s', grace: '2s' },
      },
      drill: {
        command: [process.execPath, app, own, '{port}', `${process.pid}`, '{database}'],
        url: 'http://127.0.0.1:{port}',
        health: 'http://127.0.0.1:{port}/_stcore/health',
      },
      decisions: { wait: '0s', waitWhileDown: '0s' },
      approvals: { by: [], quorum: 1, within: '5m', unproven: 'allow' },
      contacts: { operations: { members: ['ops-1'] } },
      ...more,
    }) as Target as PostgresTarget;
    mkdirSync(world.state, { recursive: true, mode: 0o700 });
    writeFileSync(password, PASSWORD, { mode: 0o600 });
    await use(world);
    await createSystems(world, 'test').runtime.stop();
  },
  server: async ({ cluster, world }, use) => {
    const { database } = connectionOf(world);
    await use({
      cluster,
      database,
      async rows(of = database) {
        const { rows } = await cluster.sql('select count(*)::int as rows from indicators', of);
        return (rows[0] as { rows: number }).rows;
      },
      async names() {
        const { rows } = await cluster.sql('select datname from pg_database order by 1');
        return (rows as { datname: string }[]).flatMap(({ datname }) =>
          datname.startsWith(database) ? [datname.slice(database.length)] : [],
        );
      },
      async sql(text, of = database) {
        return (await cluster.sql(text, of)).rows as unknown[];
      },
    });
  },
  systems: async ({ world }, use) => use(createSystems(world, 'test')),
});
