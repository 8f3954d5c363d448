import { execFileSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { startLifeline } from '../../../../src/dev/server/lifeline.ts';
import { reservedPort } from '../../../support/reserved-port.ts';

const INSTALLED = '/usr/lib/postgresql';
const [version] = existsSync(INSTALLED) ? readdirSync(INSTALLED).toSorted().toReversed() : [];
const programs = join(INSTALLED, version ?? '', 'bin');
/** Who may run a server: never root. */
const owner = existsSync('/var/lib/postgresql') ? statSync('/var/lib/postgresql') : undefined;

export const hasPostgres = existsSync(join(programs, 'initdb')) && owner !== undefined;
export const ROLE = 'shop "of" the test';

/** A server of its own, on loopback, with a role that logs in by SCRAM. */
export async function startPostgres(password: string) {
  const directory = mkdtempSync(join(tmpdir(), 'postgres-'));
  const data = join(directory, 'data');
  const file = join(directory, 'password');
  writeFileSync(file, 'of-the-superuser', { mode: 0o644 });
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(directory, owner!.uid, owner!.gid);
  const ids = isRoot ? { uid: owner!.uid, gid: owner!.gid } : {};
  const how = ['-U', 'postgres', '--no-sync', '-A', 'scram-sha-256', `--pwfile=${file}`];
  execFileSync(join(programs, 'initdb'), ['-D', data, ...how], {
    ...ids,
    cwd: directory,
    stdio: 'ignore',
  });
  const port = await reservedPort();
  const log = join(directory, 'log');
  const words = [
    '-D',
    data,
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-k',
    directory,
  ];
  const more = ['-c', 'fsync=off', '-c', 'log_statement=all'];
  const command = [join(programs, 'postgres'), ...words, ...more];
  const [program, ...args] = isRoot
    ? [
        'setpriv',
        `--reuid=${owner!.uid}`,
        `--regid=${owner!.gid}`,
        '--clear-groups',
        '--',
        ...command,
      ]
    : command;
  const server = await startLifeline(program!, args, { log, cwd: directory });
  const superuser = {
    host: '127.0.0.1',
    port,
    user: 'postgres',
    database: 'postgres',
    password: 'of-the-superuser',
  };
  await ready();
  await query(`create role ${escapeIdentifier(ROLE)} login password '${password}'`);
  return {
    url: `postgres://127.0.0.1:${port}/postgres`,
    log,
    async stop() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };

  async function query(sql: string): Promise<void> {
    const client = new Client(superuser);
    try {
      await client.connect();
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  async function ready(): Promise<void> {
    for (let tries = 0; ; tries += 1)
      try {
        return await query('select 1');
      } catch (error) {
        if (tries > 200) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
  }
}
