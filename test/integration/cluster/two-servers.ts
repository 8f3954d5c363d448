import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    async stop() {
      await balancer.stop();
      for (const { server } of servers) await server.stop();
      await database.stop();
    },
  };
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
