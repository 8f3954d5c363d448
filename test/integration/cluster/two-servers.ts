import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { type Lifeline, startLifeline } from '../../../src/dev/server/lifeline.ts';
import { type Cluster, startCluster, whyNoPostgres } from '../../support/postgres.ts';
import { reservedPort } from '../../support/reserved-port.ts';
import { makeCertificates } from './certificates.ts';
import { blockOf } from './page.ts';
import { sqlTool, type Standalone, startStandalone, whyNoServer } from './standalone-server.ts';

/** Of its user `temporal`. Temporal puts it into a URL as it is. */
export const PLAIN = 'letmein';
const HAPROXY = '/usr/sbin/haproxy';

export const whyNotTwo =
  whyNoServer ??
  whyNoPostgres ??
  (existsSync(HAPROXY) ? undefined : 'HAProxy is not installed: apt-get install haproxy');

export interface TwoServers {
  /** Of the balancer. */
  readonly address: string;
  readonly servers: Standalone[];
  readonly file: (name: string) => string;
  /** What all runs take on disk, in both databases. */
  bytes(): Promise<number>;
  stop(): Promise<void>;
}

/** Two servers on one PostgreSQL behind HAProxy, by the text of docs/cluster.md, on loopback. */
export async function startTwoServers(directory: string, jwks: object): Promise<TwoServers> {
  const etc = join(directory, 'etc');
  mkdirSync(etc);
  makeCertificates(etc);
  const database = await startDatabase(etc);
  makeTables(database, etc);
  const persistence = persistenceOn(database.port, etc);
  const servers = [
    await startStandalone(directory, jwks, persistence),
    await startStandalone(directory, jwks, persistence),
  ];
  const port = await reservedPort();
  const balancer = await startBalancer(directory, port, servers);
  return {
    address: `127.0.0.1:${port}`,
    servers,
    file: servers[0]!.file,
    async bytes() {
      const sizes = await Promise.all(
        ['temporal', 'temporal_visibility'].map(async (name) => {
          await database.sql('vacuum', name);
          const { rows } = await database.sql(`select pg_database_size('${name}')::float8 as size`);
          return Number(rows[0].size);
        }),
      );
      return sizes[0]! + sizes[1]!;
    },
    async stop() {
      await balancer.stop();
      for (const { server } of servers) await server.stop();
      await database.stop();
    },
  };
}

/** What a connection to both servers needs. */
export function connectionTo({ address, file }: TwoServers, apiKey: string) {
  const tls = {
    serverRootCACertificate: readFileSync(file('ca.pem')),
    clientCertPair: {
      crt: readFileSync(file('person.pem')),
      key: readFileSync(file('person.key')),
    },
  };
  return { address, apiKey, tls };
}

/** Once it answers. `connection` is that of an administrator. */
export async function makeNamespace(
  connection: ReturnType<typeof connectionTo>,
  namespace: string,
): Promise<void> {
  const until = Date.now() + 90_000;
  for (;;)
    try {
      await registerNamespace(connection, namespace);
      return;
    } catch (error) {
      if (/already/i.test((error as Error).message)) return;
      if (Date.now() > until) throw error;
      await sleep(500);
    }
}

async function registerNamespace(
  options: ReturnType<typeof connectionTo>,
  namespace: string,
): Promise<void> {
  const connection = await Connection.connect(options);
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: (90 * 86_400) as never },
    });
  } finally {
    await connection.close();
  }
}

/** It takes no key that somebody else may read. */
export async function startDatabase(etc: string): Promise<Cluster> {
  const place = mkdtempSync(join(tmpdir(), 'postgres-tls-'));
  chmodSync(place, 0o755);
  const { uid, gid } = statSync('/var/lib/postgresql');
  for (const name of ['server.pem', 'server.key']) {
    copyFileSync(join(etc, name), join(place, name));
    if (process.getuid?.() === 0) chownSync(join(place, name), uid, gid);
  }
  const cluster = await startCluster([
    'ssl=on',
    `ssl_cert_file=${place}/server.pem`,
    `ssl_key_file=${place}/server.key`,
    'max_connections=200',
  ]);
  rmSync(place, { recursive: true });
  await cluster.sql(`create role temporal login createdb password '${PLAIN}'`);
  return cluster;
}

export function persistenceOn(port: number, etc: string): string {
  return blockOf('# persistence,')
    .replace(/^#.*\n/, '')
    .replace('db.example.com:5432', `127.0.0.1:${port}`)
    .replace('PASSWORD', PLAIN)
    .replaceAll('/etc/temporal', etc);
}

function makeTables({ port }: Cluster, etc: string): void {
  const script = blockOf('# the schema')
    .replace('db.example.com', '127.0.0.1')
    .replace('5432', String(port))
    .replace('PASSWORD=PASSWORD', `PASSWORD=${PLAIN}`)
    .replaceAll('/etc/temporal', etc)
    .replaceAll('temporal-sql-tool', sqlTool);
  execFileSync('bash', ['-euo', 'pipefail', '-c', script], { stdio: 'pipe' });
}

async function startBalancer(
  directory: string,
  port: number,
  servers: readonly Standalone[],
): Promise<Lifeline> {
  const file = join(directory, 'haproxy.cfg');
  const text = blockOf('# /etc/haproxy/haproxy.cfg')
    .replace('0.0.0.0:7233', `127.0.0.1:${port}`)
    .replace('10.0.0.11:7233', servers[0]!.address)
    .replace('10.0.0.12:7233', servers[1]!.address);
  writeFileSync(file, text);
  return startLifeline(HAPROXY, ['-db', '-f', file], { log: join(directory, 'haproxy.log') });
}
