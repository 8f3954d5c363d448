import type { PostgresDatabase } from '../../../config/schema/database.ts';
import { isPostgres, type PostgresTarget, type Target } from '../../../config/schema/target.ts';
import type { Page, Part } from '../page.ts';
import { demanded, together } from '../parts/demanded.ts';
import { quoted } from '../../../config/text/quoted.ts';
import { started, stopped } from '../parts/runtime.ts';
import { answers, cleared } from '../parts/service.ts';

/** What is typed where the database is on a PostgreSQL server, in the place of the page for a file. */
export const pagesOnServer: Readonly<Record<string, Page>> = {
  'daily-backup': { parts: (target) => dumped(postgres(target)) },
  'weekly-backup': { parts: (target) => dumped(postgres(target)) },
  'database-recovery': { parts: (target) => recovered(postgres(target)) },
  'database-locked': { parts: (target) => unlocked(postgres(target)) },
  'database-maintenance': { parts: (target) => tended(postgres(target)) },
  ...Object.fromEntries(
    ['adopt-backup', 'database-issue', 'restore-drill', 'rollback', 'system-recovery'].map(
      (name) => [name, { instead: byOthers }],
    ),
  ),
};

/** Of any other page, what is typed about the database's file does not apply. */
export function withoutFile(parts: readonly Part[]): Part[] {
  return parts.filter(({ type = [] }) => !type.some((line) => /\$\{?db\b/.test(line)));
}

function byOthers({ name }: Target): string {
  return `Of a database on a server this is done with a worker. By hand: a dump and a recovery by the pages "daily-backup" and "database-recovery" of runbook manual ${name}.`;
}

function postgres(target: Target): PostgresTarget {
  if (isPostgres(target)) return target;
  throw new Error(`"${target.name}" has no PostgreSQL database`);
}

/** psql asks for the password; a file for it would be one more place that has it. */
function connected({ database, backups }: PostgresTarget): Part {
  const { url, host, port, user, via } = database;
  const from =
    url === undefined
      ? [
          `export PGHOST=${quoted(host)} PGPORT=${port} PGUSER=${quoted(user ?? '')}`,
          `name=${quoted(database.database ?? '')}`,
        ]
      : ['export PGHOST=<host> PGPORT=5432 PGUSER=<user>', 'name=<database>'];
  return {
    say:
      url === undefined
        ? 'Say where the server is, for all commands below. They ask for the password'
        : `Say where the server is, for all commands below: it stands in "${url}"`,
    type: [
      ...from,
      `via=${quoted(via)}`,
      `backups=${quoted(backups.directory)}`,
      'stamp=$(date -u +%Y%m%d_%H%M%S)',
      'psql -d "$name" -Atc "SELECT version(), pg_is_in_recovery()"',
    ],
  };
}

function counted({ keyTable }: PostgresDatabase): string {
  const parts = keyTable.split('.').map((part) => `"${part.replaceAll('"', '""')}"`);
  return quoted(`SELECT count(*) FROM ${parts.join('.')}`);
}

function dumped(target: PostgresTarget): Part[] {
  return [
    connected(target),
    {
      say: 'Dump it as of one moment, while the application runs, with the roles beside it. Both must end without an error',
      type: together(
        [
          'mkdir -p "$backups"',
          'df -h "$backups"',
          'pg_dump -Fc -d "$name" -f "$backups/by-hand-$stamp.dump"',
          'pg_dumpall --globals-only --no-role-passwords > "$backups/by-hand-$stamp.roles.sql" || echo "no roles: that needs more rights"',
          '(cd "$backups" && sha256sum "by-hand-$stamp.dump" > "by-hand-$stamp.dump.sha256" && sync)',
        ],
        'dumped',
      ),
    },
    {
      say: 'Prove it by a restore beside the live one: the rows have to be as many as you expect',
      type: together(
        [
          'createdb --maintenance-db="$via" -T template0 "${name}_check_$stamp"',
          'pg_restore --exit-on-error -d "${name}_check_$stamp" "$backups/by-hand-$stamp.dump"',
          `psql -d "\${name}_check_$stamp" -Atc ${counted(target.database)}`,
          'dropdb --maintenance-db="$via" "${name}_check_$stamp"',
        ],
        'proven',
      ),
    },
  ];
}

function recovered(target: PostgresTarget): Part[] {
  return [
    connected(target),
    {
      say: 'Choose a dump of ours, or one made by hand. One that is stored as .zst or .age is opened first, by zstd -d or age -d',
      type: [
        'ls -t "$backups"/*/*.dump* "$backups"/*.dump 2>/dev/null | head',
        'dump=<one of them>',
      ],
    },
    {
      say: 'Restore it beside the live database, which stays as it is',
      type: together(
        [
          'test -s "$dump"',
          'createdb --maintenance-db="$via" -T template0 "${name}_stage_$stamp"',
          'pg_restore --exit-on-error -d "${name}_stage_$stamp" "$dump"',
          `psql -d "\${name}_stage_$stamp" -Atc ${counted(target.database)}`,
          'psql -d "${name}_stage_$stamp" -c ANALYZE',
        ],
        'restored',
      ),
    },
    ...stopped(target),
    {
      say: 'See that nobody is connected any more. Who is has to end first, or his writes are lost',
      type: [
        `psql -d "$via" -v it="$name" <<'SQL'\nSELECT pid, usename, application_name, client_addr FROM pg_stat_activity WHERE datname = :'it';\nSQL`,
      ],
    },
    {
      say: 'Give the live name to the restored one, both names in one transaction',
      type: together(
        [
          demanded('test -n "$name"', 'nothing says which database'),
          `psql -d "$via" -v ON_ERROR_STOP=1 -v live="$name" -v kept="\${name}_pre_$stamp" -v staged="\${name}_stage_$stamp" <<'SQL'\nBEGIN;\nALTER DATABASE :"live" RENAME TO :"kept";\nALTER DATABASE :"staged" RENAME TO :"live";\nCOMMIT;\nSQL`,
        ],
        'renamed',
      ),
    },
    ...cleared(target),
    ...started(target),
    answers(target),
    {
      say: 'Give it the owner and the settings of the old one (\\drds and \\l in psql), which a dump does not have. To go back: stop, and rename both the other way round',
    },
  ];
}

function unlocked(target: PostgresTarget): Part[] {
  const { wait } = target.database.locks;
  return [
    connected(target),
    {
      say: 'Find who keeps others waiting: one who blocks and waits for nobody himself',
      type: [
        `psql -d "$name" <<'SQL'\nSELECT pid, usename, application_name, state, now() - xact_start AS age, pg_blocking_pids(pid) AS waits_for, left(query, 80) FROM pg_stat_activity WHERE datname = current_database() ORDER BY xact_start;\nSELECT gid, prepared, owner FROM pg_prepared_xacts;\nSQL`,
      ],
    },
    {
      say: `Wait ${wait}: most locks end by themselves. Never end a backup, and never kill -9 a process of the server: it would end all sessions`,
      type: ['pid=<that session>'],
    },
    {
      say: 'Cancel what it does; one that is idle in a transaction is ended by the second',
      type: [
        'psql -d "$name" -Atc "SELECT pg_cancel_backend(${pid:?})"',
        'psql -d "$name" -Atc "SELECT pg_terminate_backend(${pid:?})"',
      ],
    },
  ];
}

function tended(target: PostgresTarget): Part[] {
  return [
    connected(target),
    {
      say: 'See how many rows are dead, and how many transaction ids are used. 2 000 000 000 is the end',
      type: [
        `psql -d "$name" -c 'SELECT relname, n_live_tup, n_dead_tup, last_autovacuum FROM pg_stat_user_tables ORDER BY n_dead_tup DESC LIMIT 20' -c 'SELECT datname, age(datfrozenxid) FROM pg_database'`,
      ],
    },
    {
      say: 'Clear them, while the application runs. Never VACUUM FULL: it keeps everybody out',
      type: ['psql -d "$name" -c "VACUUM (ANALYZE)"'],
    },
  ];
}
