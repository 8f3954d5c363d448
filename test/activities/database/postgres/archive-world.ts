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
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystems, type Systems } from '../../../../src/activities/index.ts';
import type { PostgresArchive } from '../../../../src/config/schema/database.ts';
import type { PostgresTarget } from '../../../../src/config/schema/target.ts';
import { type Cluster, startCluster, whyNoPostgres } from '../../../support/postgres.ts';
import { type Server, test as base } from '../../../support/postgres-target.ts';

const isRoot = process.getuid?.() === 0;

/** Why no archive can be made here. Undefined: it can. */
export const whyNoArchive =
  whyNoPostgres ??
  (existsSync('/usr/bin/pgbackrest')
    ? undefined
    : 'pgbackrest is missing: apt-get install pgbackrest');

export interface Archive {
  readonly home: string;
  readonly config: string;
}

/** A cluster whose log is archived, with one whole backup. */
export const test = base.extend<{ archive: Archive; cluster: Cluster }>({
  archive: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const home = mkdtempSync(join(tmpdir(), 'archive-'));
      chmodSync(home, 0o755);
      for (const name of ['repo', 'log', 'lock', 'spool', 'scratch']) {
        mkdirSync(join(home, name));
        chownSync(join(home, name), ...ids());
      }
      await use({ home, config: join(home, 'pgbackrest.conf') });
      rmSync(home, { recursive: true, force: true });
    },
    { scope: 'file' },
  ],
  cluster: [
    async ({ archive }, use) => {
      const { config } = archive;
      const cluster = await startCluster([
        'archive_mode=on',
        `archive_command=pgbackrest --config=${config} --stanza=main archive-push %p`,
        'wal_level=logical',
      ]);
      configure(archive, cluster);
      pgbackrest(config, 'stanza-create');
      pgbackrest(config, 'backup', '--type=full');
      await use(cluster);
      await cluster.stop();
    },
    { scope: 'file' },
  ],
});

/** As people have set it up. `more`: sections, or further lines of the stanza's. */
export function configure({ home, config }: Archive, cluster: Cluster, more = ''): void {
  writeFileSync(
    config,
    `[global]\nrepo1-path=${home}/repo\nlog-path=${home}/log\nlock-path=${home}/lock\nspool-path=${home}/spool\nlog-level-file=off\nstart-fast=y\n
[main]\npg1-path=${cluster.directory}/data\npg1-port=${cluster.port}\npg1-socket-path=${cluster.directory}\npg1-user=postgres\n${more}\n`,
  );
}

export function ids(): [number, number] {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres']).toString());
  return isRoot ? [id('-u'), id('-g')] : [process.getuid!(), process.getgid!()];
}

export function pgbackrest(config: string, ...args: string[]): string {
  const [uid, gid] = ids();
  const stanza = args[0]?.startsWith('--stanza=') ? [] : ['--stanza=main'];
  return execFileSync('pgbackrest', [`--config=${config}`, ...stanza, ...args], {
    ...(isRoot && { uid, gid }),
    cwd: '/',
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The systems of a target that names its archive. */
export function archived(
  world: PostgresTarget,
  { home, config }: Archive,
  more: Partial<PostgresArchive> = {},
): Systems {
  return createSystems(
    {
      ...world,
      database: {
        ...world.database,
        archive: {
          kind: 'pgbackrest',
          stanza: 'main',
          command: ['pgbackrest', `--config=${config}`],
          user: isRoot ? 'postgres' : execFileSync('id', ['-un'], { encoding: 'utf8' }).trim(),
          scratch: join(home, 'scratch'),
          ...more,
        },
      },
    },
    'test',
  );
}

/** A moment of the archive, ISO 8601: after what was done before, and before what is done afterwards. */
export async function moment(server: Server): Promise<string> {
  await sleep(1200);
  const [{ now }] = (await server.sql(
    'select to_char(now() at time zone \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\') as now',
  )) as [{ now: string }];
  await sleep(1200);
  return now;
}

/** Something happens after a moment, and the log up to there is in the archive. */
export async function goOn(server: Server): Promise<void> {
  await server.sql("insert into indicators (region) values ('too late')");
  await archiveAll(server);
}

export async function archiveAll(server: Server): Promise<void> {
  const [{ name }] = (await server.sql('select pg_walfile_name(pg_switch_wal()) as name')) as [
    { name: string },
  ];
  for (let tries = 0; tries < 100; tries += 1) {
    const [{ done }] = (await server.sql(
      `select last_archived_wal >= '${name}' as done from pg_stat_archiver`,
    )) as [{ done: boolean | null }];
    if (done) return;
    await sleep(100);
  }
  throw new Error(`"${name}" was not archived`);
}
