import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig, escapeIdentifier, escapeLiteral, type QueryResult } from 'pg';
import { type Lifeline, startLifeline } from '../../src/dev/server/lifeline.ts';
import { reservedPort } from './reserved-port.ts';

const INSTALLED = '/usr/lib/postgresql';
const [version] = existsSync(INSTALLED)
  ? readdirSync(INSTALLED)
      .filter((name) => existsSync(join(INSTALLED, name, 'bin/initdb')))
      .toSorted()
  : [];
const PROGRAMS = join(INSTALLED, version ?? '15', 'bin');

/** Why tests on a real server are skipped, if they are. */
export const whyNoPostgres: string | undefined =
  version === undefined ? 'PostgreSQL is not installed: apt-get install postgresql' : undefined;

export const PASSWORD = 'let me: in\\';

/** A PostgreSQL cluster of its own with data checksums, on a port of loopback and a Unix socket, which ends with this process. */
export interface Cluster {
  readonly directory: string;
  /** Of the socket. */
  readonly host: string;
  readonly port: number;
  readonly server: Lifeline;
  /** As superuser, by the socket. */
  sql(text: string, database?: string): Promise<QueryResult>;
  connect(options?: ClientConfig): Promise<Client>;
  /** kill -9 of the whole server, and its start again. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * `operations` is what the target's user is to be: no superuser, CREATEDB, and a member of `app`, which owns the databases. Both have
 * `PASSWORD`.
 */
export async function startCluster(settings: readonly string[] = []): Promise<Cluster> {
  const directory = mkdtempSync(join(tmpdir(), 'postgres-'));
  const data = join(directory, 'data');
  const port = await reservedPort();
  const owner = process.getuid?.() === 0 ? idsOf('postgres') : undefined;
  chmodSync(directory, 0o755);
  if (owner) chownSync(directory, owner.uid, owner.gid);
  const password = join(directory, 'password');
  writeFileSync(password, PASSWORD);
  const ids = owner ? { uid: owner.uid, gid: owner.gid } : {};
  execFileSync(
    join(PROGRAMS, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'postgres',
      '--data-checksums',
      '--no-sync',
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
    ].concat(['--auth-local=trust', '--auth-host=scram-sha-256', `--pwfile=${password}`]),
    { ...ids, stdio: 'pipe', cwd: directory },
  );
  const log = join(directory, 'log');
  let server = await start();
  const cluster: Cluster = {
    directory,
    host: directory,
    port,
    get server() {
      return server;
    },
    async sql(text, database = 'postgres') {
      const client = await cluster.connect({ database });
      try {
        return await client.query(text);
      } finally {
        await client.end();
      }
    },
    async connect(options = {}) {
      const client = new Client({
        host: directory,
        port,
        user: 'postgres',
        database: 'postgres',
        ...options,
      });
      client.on('error', () => {});
      await client.connect();
      return client;
    },
    async crash() {
      const pid = Number(execFileSync('head', ['-1', join(data, 'postmaster.pid')]).toString());
      process.kill(pid, 'SIGKILL');
      await server.stop();
      server = await start();
    },
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await cluster.sql(`create role app login password ${escapeLiteral(PASSWORD)};
    create role operations login createdb in role app, pg_signal_backend, pg_monitor, pg_read_all_settings, pg_read_all_data
      password ${escapeLiteral(PASSWORD)}`);
  return cluster;

  async function start(): Promise<Lifeline> {
    const program = join(PROGRAMS, 'postgres');
    const options = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${directory}`,
    ]
      .concat([
        'fsync=off',
        'max_connections=60',
        'shared_buffers=32MB',
        'log_min_messages=warning',
        ...settings,
      ])
      .flatMap((one) => ['-c', one]);
    const command = [program, '-D', data, ...options];
    const lower = owner
      ? ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', ...command]
      : command;
    const begun = await startLifeline(lower[0]!, lower.slice(1), {
      log,
      grace: 5000,
      cwd: directory,
    });
    for (let tries = 0; tries < 400; tries += 1) {
      const client = new Client({
        host: directory,
        port,
        user: 'postgres',
        database: 'postgres',
      });
      client.on('error', () => {});
      try {
        await client.connect();
        return begun;
      } catch {
        await sleep(25);
      } finally {
        await client.end().catch(() => {});
      }
    }
    await begun.stop();
    throw new Error(`PostgreSQL does not start: ${execFileSync('tail', ['-5', log]).toString()}`);
  }
}

/** The table of the tests: values of many types, and a sequence. */
export async function fillDatabase(cluster: Cluster, name: string, rows = 500): Promise<void> {
  await cluster.sql(`create database ${escapeIdentifier(name)} owner app`);
  await cluster.sql(
    `set role app;
    create table indicators (id bigserial primary key, region text, value double precision, at timestamptz default now());
    create index by_region on indicators (region);
    insert into indicators (region, value) select 'region ' || n % 7, n / 3.0 from generate_series(1, ${rows}) n`,
    name,
  );
}

function idsOf(user: string): { uid: number; gid: number } {
  const ask = (flag: string) => Number(execFileSync('id', [flag, user]).toString());
  return { uid: ask('-u'), gid: ask('-g') };
}
