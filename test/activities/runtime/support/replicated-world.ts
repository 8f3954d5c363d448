import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { createSystems } from '../../../../src/activities/index.ts';
import { startLifeline } from '../../../../src/dev/server/lifeline.ts';
import type { PostgresTarget, Target } from '../../../../src/config/schema/target.ts';
import { fillDatabase } from '../../../support/postgres.ts';
import { test as base } from '../../../support/postgres-target.ts';
import { reservedPort, reservedPorts } from '../../../support/reserved-port.ts';
import { type Runs, useRuns } from '../../../support/run.ts';
import { targetIn } from '../../../support/target.ts';
import { TIMEOUT } from '../../../support/timeouts.ts';
import { IMAGE } from './compose-project.ts';
import { docker } from './docker-daemon.ts';
import { COMPOSE_FILE, removeContainers } from './in-compose.ts';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
/** So many ports of the host has its service. */
export const PORTS = 5;

const inContainers = base.extend({
  world: async ({ cluster, more }, use: (world: PostgresTarget) => Promise<void>) => {
    const home = mkdtempSync(join(tmpdir(), 'replicas-'));
    const directory = join(home, basename(home).toLowerCase());
    mkdirSync(join(directory, '.runbook'), { recursive: true, mode: 0o700 });
    const database = `shop_${crypto.randomUUID().slice(0, 8)}`;
    await fillDatabase(cluster, database);
    writeProject(directory, {
      socket: cluster.host,
      port: cluster.port,
      database,
      ports: await freeRange(),
    });
    const nginx = await startNginx(join(home, 'nginx'));
    const world = targetIn(directory, {
      app: {
        kind: 'web',
        url: nginx.inside,
        health: `${nginx.inside}_stcore/health`,
        timeout: '5s',
        ready: { within: '60s', every: '200ms' },
      },
      runtime: { kind: 'compose', service: 'app', stopGrace: '5s' },
      proxy: nginx.proxy,
      database: {
        kind: 'postgres',
        host: cluster.host,
        port: cluster.port,
        database,
        user: 'operations',
        keyTable: 'indicators',
        application: { users: ['app'] },
      },
      decisions: { wait: '0s', waitWhileDown: '0s' },
      approvals: { by: [], quorum: 1, within: '5m', unproven: 'allow' },
      contacts: { operations: { members: ['ops-1'] } },
      ...more,
    }) as Target as PostgresTarget;
    const { runtime, http } = createSystems(world, 'test');
    await runtime.start();
    await http.expectReady().catch((error: unknown) => {
      throw new Error(`Not ready. ${seenOf(world, join(home, 'nginx'))}`, { cause: error });
    });
    await use(world);
    removeContainers(world);
    await nginx.stop();
    rmSync(home, { recursive: true, force: true });
  },
});

/** An application of one container on PostgreSQL, with ports for more, behind a real nginx. It runs. */
export const test = inContainers.extend<{ runs: Runs }>({
  runs: async ({ world }, use) => useRuns({ world }, use),
});

/** Of a network that no other on this machine has: users would be led to that one. As in `/proc/net/route`, its bytes stand backwards. */
function freeNetwork(): string {
  const taken = readFileSync('/proc/net/route', 'utf8');
  const free = Array.from({ length: 256 }, (_, some) => some).filter(
    (some) => !taken.includes(`00${some.toString(16).padStart(2, '0').toUpperCase()}D50A`),
  );
  return `10.213.${free[Math.floor(Math.random() * free.length)]}.0/24`;
}

function writeProject(
  directory: string,
  at: {
    readonly socket: string;
    readonly port: number;
    readonly database: string;
    readonly ports: string;
  },
): void {
  const packages = realpathSync(join(repository, 'node_modules'));
  const shared = ['/usr:/usr:ro', '/usr/lib:/lib:ro', '/usr/lib64:/lib64:ro'];
  const ours = [repository, packages].map((one) => `${one}:${one}:ro`);
  const app = fileURLToPath(new URL('replicated-app.ts', import.meta.url));
  const service = {
    image: IMAGE,
    command: [process.execPath, app, '8501', at.socket, at.database, directory],
    environment: { PGPORT: `${at.port}` },
    ports: [`127.0.0.1:${at.ports}:8501`],
    volumes: [...shared, ...ours, `${at.socket}:${at.socket}`, `${directory}:${directory}:ro`],
  };
  const networks = { default: { ipam: { config: [{ subnet: freeNetwork() }] } } };
  writeFileSync(
    join(directory, COMPOSE_FILE),
    JSON.stringify({ version: '3.8', services: { app: service }, networks }, undefined, 2),
  );
}

/** Ports in a row that nobody has, and that no test gets. */
async function freeRange(): Promise<string> {
  for (let tries = 0; tries < 50; tries += 1) {
    const from = await reservedPorts(PORTS);
    const ports = Array.from({ length: PORTS }, (_, index) => from + index);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return `${from}-${from + PORTS - 1}`;
  }
  throw new Error('No ports in a row are free');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', () => settle(false));
    server.listen(port, '127.0.0.1', () => server.close(() => settle(true)));
  });
}

/** Users come by one port, through the door; what is asked past it by the other. */
async function startNginx(directory: string) {
  mkdirSync(join(directory, 'ours'), { recursive: true });
  const [outside, inside] = [await reservedPort(), await reservedPort()];
  const include = join(directory, 'ours/replicas.conf');
  writeFileSync(include, 'server 127.0.0.1:1;\n');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((one) => `${one}_temp_path ${directory}/${one};`)
    .join(' ');
  const file = join(directory, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log; events {}
http { access_log off; ${temporary}
  upstream shop { include ${include}; }
  server { listen 127.0.0.1:${outside}; location / { proxy_pass http://shop; } }
  server { listen 127.0.0.1:${inside}; location / { proxy_pass http://shop; } } }\n`,
  );
  const words = ['-p', directory, '-c', file];
  const nginx = await startLifeline('nginx', words, { grace: 1000 });
  await vi.waitFor(() => fetch(`http://127.0.0.1:${inside}/`), TIMEOUT);
  return {
    stop: () => nginx.stop(),
    inside: `http://127.0.0.1:${inside}/`,
    proxy: {
      kind: 'nginx' as const,
      url: `http://127.0.0.1:${outside}/`,
      replicas: { include, command: ['nginx', ...words], grace: '4s' },
    },
  };
}

/** The containers of the application, by their numbers. */
export function replicaIds({ directory }: Pick<Target, 'directory'>): string[] {
  const list = [
    'ps',
    '-a',
    '--no-trunc',
    '--filter',
    `label=com.docker.compose.project=${basename(directory)}`,
  ];
  const format = ['--format', '{{.Label "com.docker.compose.container-number"}} {{.ID}}'];
  const text = execFileSync(docker!, [...list, ...format], { encoding: 'utf8' });
  return text
    .split('\n')
    .filter(Boolean)
    .toSorted()
    .map((line) => line.split(' ')[1]!);
}

/** Why nothing may answer: to where the proxy goes, what it says of that, which containers there are and what they wrote. */
function seenOf(world: PostgresTarget, nginx: string): string {
  const logs = replicaIds(world).map((id) => {
    const [state, ...ports] = ['{{json .State}}', '{{json .NetworkSettings.Ports}}'].map((format) =>
      execFileSync(docker!, ['inspect', '--format', format, id], { encoding: 'utf8' }),
    );
    return [state, ...ports, execFileSync(docker!, ['logs', id], { encoding: 'utf8' })].join('');
  });
  return [
    `To ${upstreamOf(world).join(', ')}`,
    readFileSync(join(nginx, 'error.log'), 'utf8'),
    ...logs,
  ].join('\n');
}

/** To where the proxy lets users through. */
export function upstreamOf({ proxy }: Pick<Target, 'proxy'>): string[] {
  const text = readFileSync(proxy!.replicas!.include, 'utf8');
  return [...text.matchAll(/^server (\S+);$/gm)].map(([, address]) => address!);
}
