import type { PostgresConnection } from '../server/connection.ts';
import type { ServerFacts } from './server-facts.ts';

/** Its role and its slot have this name. */
const NAME = 'runbook_replica';

/** What a slot that nobody reads may keep of the log, so that it does not fill the server's disk. */
const KEEPS = '10GB';

/** How a replica that answers reads is made: what the server is told, as SQL, and what is typed on the replica's host. */
export function replicaPlan(
  { host, port }: PostgresConnection,
  facts: ServerFacts,
): { readonly server: string; readonly replica: string } {
  const restart = [
    ...(facts.walLevel === 'minimal' ? ["alter system set wal_level = 'replica';"] : []),
    ...(facts.senders < 2 ? ['alter system set max_wal_senders = 10;'] : []),
    ...(facts.slots < 1 ? ['alter system set max_replication_slots = 10;'] : []),
  ];
  const server = [
    `-- On the server, version ${facts.version}: psql -X -v ON_ERROR_STOP=1 -f replica.sql, as a superuser.`,
    ...(restart.length > 0
      ? ['-- These count after a restart of the server, which ends all sessions:', ...restart]
      : []),
    ...(facts.slotKeeps < 0
      ? [
          '-- A replica that is gone would keep the log until the disk is full.',
          `alter system set max_slot_wal_keep_size = '${KEEPS}';`,
          'select pg_reload_conf();',
        ]
      : []),
    'do $$ begin',
    `  create role ${NAME} login replication;`,
    'exception when duplicate_object then null; end $$;',
    `-- Then its password: \\password ${NAME}`,
    `select pg_create_physical_replication_slot('${NAME}') where not exists (select 1 from pg_replication_slots where slot_name = '${NAME}');`,
    `-- And a line in pg_hba.conf, with the address of the replica: host replication ${NAME} 192.0.2.10/32 ${facts.passwords === 'md5' ? 'md5' : 'scram-sha-256'}`,
    '',
  ].join('\n');
  const major = facts.version.split('.')[0]!;
  const replica = [
    '#!/bin/sh',
    `# On the replica's host, as the user of PostgreSQL ${major}. Its password is in ~/.pgpass or PGPASSFILE: *:*:*:${NAME}:...`,
    'set -eu',
    `: "\${DIRECTORY:?the data directory of the replica, which is empty}"`,
    `pg_basebackup --host ${shell(host)} --port ${port} --username ${NAME} --no-password \\`,
    `  --pgdata "$DIRECTORY" --write-recovery-conf --wal-method stream --slot ${NAME} --checkpoint fast --progress`,
    `pg_verifybackup --exit-on-error "$DIRECTORY"`,
    '# Start it, and ask it: true, and how far behind it is.',
    'echo "select pg_is_in_recovery(), now() - pg_last_xact_replay_timestamp() as behind"',
    '',
  ].join('\n');
  return { server, replica };
}

function shell(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
