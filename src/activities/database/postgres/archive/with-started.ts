import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { permanent } from '../../../../os/failure.ts';
import { redacted } from '../../../../os/redacted.ts';
import { run } from '../../../../os/process/command.ts';
import { allowedEnvironment } from '../../../../os/process/inherited-environment.ts';
import { splitLines } from '../../../../os/process/last-lines.ts';
import { connectionOf } from '../server/connection.ts';
import { withClient } from '../server/with-client.ts';
import type { Ids } from './copy-from-archive.ts';
import { cannot, whyNotRecovered } from './why-not-recovered.ts';

interface Place {
  readonly target: PostgresTarget;
  /** Its socket, its settings and its log. */
  readonly directory: string;
  readonly data: string;
  /** To which it recovers. */
  readonly time: string;
  readonly ids: Ids;
}

/** In ms: to replay a day's log. */
const RECOVERED_WITHIN = 6 * 3_600_000;
const PAUSE = 200;
/** What has not ended by then is killed: its directory goes anyway. */
const END_WITHIN = 30_000;

/** What was prepared, or locked table by table, needs as much as the server had: by pg_controldata. */
const AT_LEAST: Readonly<Record<string, string>> = {
  max_connections: 'max_connections setting',
  max_prepared_transactions: 'max_prepared_xacts setting',
  max_locks_per_transaction: 'max_locks_per_xact setting',
};

/** What ALTER SYSTEM has said on the server comes along with its files: here it counts for no more than what is read. */
const ALONE: readonly string[] = [
  // Workers of a subscription would take from the publisher what the live server waits for, and those of a scheduler do its jobs a second time.
  'max_worker_processes=0',
  'max_logical_replication_workers=0',
  'recovery_end_command=',
  'archive_cleanup_command=',
  // It would refuse to replay with fewer workers than the server had.
  'hot_standby=off',
  'max_wal_senders=0',
  // The live server has the machine's memory already.
  'shared_buffers=128MB',
  'huge_pages=off',
  'archive_mode=off',
  'ssl=off',
  'logging_collector=off',
  'log_destination=stderr',
  'fsync=off',
];

/**
 * Lends a server on restored files, which only its owner and root can reach, when it has recovered to its moment. It ends
 * with whoever lends it. Errors: `BackupUnreadable`, with why it did not.
 */
export async function withStarted<Result>(
  place: Place,
  use: (host: string) => Promise<Result>,
): Promise<Result> {
  const { target, directory, data, ids } = place;
  const major = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  const settings = await settingsOf(place, major);
  const log = join(directory, 'log');
  const output = openSync(log, 'a', 0o600);
  const connection = { ...connectionOf(target), host: directory };
  const server = spawn(
    programOf(target, 'postgres', major),
    ['-D', data, ...settings.flatMap((one) => ['-c', one])],
    {
      ...ids,
      cwd: directory,
      env: { ...allowedEnvironment([]), LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', output, output],
    },
  );
  const ended = once(server, 'exit').catch(() => {});
  try {
    await untilRecovered();
    return await use(directory);
  } finally {
    server.kill('SIGINT');
    await Promise.race([ended, sleep(END_WITHIN)]);
    server.kill('SIGKILL');
    await ended;
    closeSync(output);
  }

  async function untilRecovered(): Promise<void> {
    for (const end = Date.now() + RECOVERED_WITHIN; Date.now() < end; await sleep(PAUSE)) {
      if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined)
        throw cannot(
          `The archive does not reach ${place.time}, or cannot be replayed: ${saidIn(log)}`,
        );
      try {
        const recovers = await withClient(connection, async (client) => {
          const { rows } = await client.query<{ recovers: boolean }>(
            'select pg_is_in_recovery() as recovers',
          );
          return rows[0]!.recovers;
        });
        if (!recovers) return;
      } catch {
        // It does not take connections yet.
      }
    }
    throw permanent('BackupUnreadable', `The archive was not replayed to ${place.time} in time`);
  }
}

async function settingsOf(
  { target, directory, data, ids }: Place,
  major: string,
): Promise<string[]> {
  const at = (name: string, text: string) => {
    const file = join(directory, name);
    writeFileSync(file, text, { mode: 0o644 });
    return file;
  };
  const { stdout } = await run(programOf(target, 'pg_controldata', major), [data], {
    timeout: 30_000,
    ids,
    cwd: directory,
  });
  const told = (label: string) => new RegExp(`^${label}:\\s+(\\d+)$`, 'm').exec(stdout)?.[1];
  return [
    // What was archived may have had its own elsewhere, as Debian has.
    `config_file=${at('postgresql.conf', '')}`,
    // Whoever can enter its directory is root, or the server's user.
    `hba_file=${at('hba.conf', 'local all all trust\n')}`,
    `ident_file=${at('ident.conf', '')}`,
    'listen_addresses=',
    `unix_socket_directories=${directory}`,
    `port=${connectionOf(target).port}`,
    `external_pid_file=${join(directory, 'pid')}`,
    ...ALONE,
    ...Object.entries(AT_LEAST).flatMap(([name, label]) => {
      const value = told(label);
      return value === undefined ? [] : [`${name}=${value}`];
    }),
  ];
}

/** The server's own version, and no newer one: it opens the files of its own only. Error: `CommandMissing`. */
function programOf({ database }: PostgresTarget, name: string, major: string): string {
  const directory = database.programs ?? `/usr/lib/postgresql/${major}/bin`;
  const file = join(directory, name);
  if (existsSync(file)) return file;
  throw permanent(
    'CommandMissing',
    `Cannot find "${name}" of PostgreSQL ${major} in "${directory}": install postgresql-${major}, or say where it lies in "database.programs"`,
  );
}

function saidIn(log: string): string {
  const text = readFileSync(log, 'utf8');
  return whyNotRecovered(text) ?? redacted(splitLines(text, 5).join('; ')).slice(-800);
}
