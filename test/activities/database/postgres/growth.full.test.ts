import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, onTestFinished, vi } from 'vitest';
import { pgbouncerPlan } from '../../../../src/activities/database/postgres/growth/pgbouncer.ts';
import { replicaPlan } from '../../../../src/activities/database/postgres/growth/replica.ts';
import { readServerFacts } from '../../../../src/activities/database/postgres/growth/server-facts.ts';
import { connectionOf } from '../../../../src/activities/database/postgres/server/connection.ts';
import { withClient } from '../../../../src/activities/database/postgres/server/with-client.ts';
import { findOnPath } from '../../../../src/dev/server/find-on-path.ts';
import { startLifeline } from '../../../../src/dev/server/lifeline.ts';
import type { PostgresTarget } from '../../../../src/config/schema/target.ts';
import { PASSWORD, whyNoPostgres } from '../../../support/postgres.ts';
import { test } from '../../../support/postgres-target.ts';
import { reservedPort } from '../../../support/reserved-port.ts';
import { TIMEOUT } from '../../../support/timeouts.ts';

const PROGRAMS = ['17', '16', '15', '14', '13']
  .map((version) => `/usr/lib/postgresql/${version}/bin`)
  .find((place) => existsSync(join(place, 'pg_basebackup')))!;
const isRoot = process.getuid?.() === 0;

function factsOf(world: PostgresTarget) {
  return withClient(connectionOf(world), readServerFacts);
}

/** A directory that whoever runs PostgreSQL may use. */
function ofPostgres(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `${name}-`));
  chmodSync(directory, 0o755);
  if (isRoot) chownSync(directory, ...ids());
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function ids(): [number, number] {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres']).toString());
  return [id('-u'), id('-g')];
}

/** PostgreSQL and PgBouncer refuse root. */
function lowered(command: readonly string[]): [string, string[]] {
  if (!isRoot) return [command[0]!, command.slice(1)];
  const [uid, gid] = ids();
  return ['setpriv', [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...command]];
}

const pgbouncer =
  findOnPath('pgbouncer') ?? ['/usr/sbin/pgbouncer'].find((file) => existsSync(file));

describe.skipIf(whyNoPostgres)('plans to grow', () => {
  // Skipped where PgBouncer is not installed: apt-get install pgbouncer.
  test.skipIf(!pgbouncer)(
    'of PgBouncer let the application in by its password, with prepared statements and settings of its own',
    async ({ world, server }) => {
      const text = execFileSync(pgbouncer!, ['--version'], { encoding: 'utf8' });
      const [, version] = /PgBouncer (\S+)/.exec(text)!;
      const plan = pgbouncerPlan({
        connection: connectionOf(world),
        facts: await factsOf(world),
        users: ['app'],
        version,
      });
      const directory = ofPostgres('pgbouncer');
      const port = await reservedPort();
      const { rows } = await server.cluster.sql(plan.users.replaceAll(/^--.*$/gm, ''));
      writeFileSync(join(directory, 'users.txt'), `${Object.values(rows[0] as object)[0]}\n`);
      writeFileSync(
        join(directory, 'pgbouncer.ini'),
        plan.ini
          .replace('listen_port = 6432', `listen_port = ${port}`)
          .replace('auth_file = users.txt', `auth_file = ${directory}/users.txt`),
      );
      const [program, args] = lowered([pgbouncer!, join(directory, 'pgbouncer.ini')]);
      const running = await startLifeline(program, args, {
        grace: 1000,
        log: join(directory, 'log'),
      });
      onTestFinished(() => running.stop());
      const connect = async (password: string) => {
        const client = new Client({
          host: '127.0.0.1',
          port,
          database: server.database,
          user: 'app',
          password,
        });
        client.on('error', () => {});
        await client.connect();
        return client;
      };
      const clients = await vi.waitFor(
        () => Promise.all([connect(PASSWORD), connect(PASSWORD)]),
        TIMEOUT,
      );

      for (const client of clients) {
        await client.query("set application_name = 'its own'");
        const named = {
          name: 'one name',
          text: 'select count(*)::int as rows from indicators where id > $1',
          values: [0],
        };
        expect((await client.query(named)).rows).toEqual([{ rows: 500 }]);
        expect((await client.query(named)).rows).toEqual([{ rows: 500 }]);
      }
      for (const client of clients) await client.end();
      await expect(connect('wrong')).rejects.toThrow(/auth|password|SASL/i);
    },
  );

  test('of a replica make one that answers reads, follows, and takes no write', async ({
    world,
    server,
  }) => {
    const { cluster } = server;
    const { server: sql, replica } = replicaPlan(
      { ...connectionOf(world), host: '127.0.0.1' },
      await factsOf(world),
    );
    const settings = sql
      .split('\n')
      .filter((line) => /^(alter system|select pg_reload)/.test(line));
    for (const line of settings) await cluster.sql(line);
    await cluster.sql(
      sql
        .split('\n')
        .filter((line) => !settings.includes(line))
        .join('\n'),
    );
    await cluster.sql("alter role runbook_replica password 'replicates'");
    const home = ofPostgres('replica');
    writeFileSync(join(home, 'pass'), '*:*:*:runbook_replica:replicates\n', { mode: 0o600 });
    if (isRoot) chownSync(join(home, 'pass'), ...ids());
    const data = join(home, 'data');
    mkdirSync(data, { mode: 0o700 });
    if (isRoot) chownSync(data, ...ids());
    writeFileSync(join(home, 'replica.sh'), replica);
    const [program, args] = lowered(['sh', join(home, 'replica.sh')]);
    execFileSync(program, args, {
      env: { PATH: `${PROGRAMS}:/usr/bin:/bin`, DIRECTORY: data, PGPASSFILE: join(home, 'pass') },
      stdio: 'pipe',
      cwd: home,
    });
    const port = await reservedPort();
    const options = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${home}`,
      'max_connections=60',
    ].flatMap((one) => ['-c', one]);
    const [postgres, words] = lowered([join(PROGRAMS, 'postgres'), '-D', data, ...options]);
    const running = await startLifeline(postgres, words, {
      grace: 5000,
      cwd: home,
      log: join(home, 'log'),
    });
    onTestFinished(() => running.stop());
    const reader = await vi.waitFor(async () => {
      const client = new Client({ host: home, port, user: 'postgres', database: server.database });
      client.on('error', () => {});
      await client.connect();
      return client;
    }, TIMEOUT);

    await server.sql("insert into indicators (region) values ('after the copy')");

    await vi.waitFor(async () => {
      const { rows } = await reader.query(
        "select pg_is_in_recovery() as follows, count(*)::int as rows from indicators where region = 'after the copy'",
      );
      expect(rows).toEqual([{ follows: true, rows: 1 }]);
    }, TIMEOUT);
    await expect(reader.query('delete from indicators')).rejects.toThrow('read-only');
    await reader.end();
    await running.stop();
    await cluster.sql("select pg_drop_replication_slot('runbook_replica')");
  });
});
