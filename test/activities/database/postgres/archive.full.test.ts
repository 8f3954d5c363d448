import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { createSystems } from '../../../../src/activities/index.ts';
import type { PostgresTarget } from '../../../../src/config/schema/target.ts';
import { type Cluster, startCluster, whyNoPostgres } from '../../../support/postgres.ts';
import { test as base } from '../../../support/postgres-target.ts';
import { NEXT, STAMP } from './support.ts';

const has = existsSync('/usr/bin/pgbackrest');
const isRoot = process.getuid?.() === 0;

/** A cluster whose log is archived, with one whole backup. */
const test = base.extend<{
  archive: { readonly home: string; readonly config: string };
  cluster: Cluster;
}>({
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
    async ({ archive: { home, config } }, use) => {
      const cluster = await startCluster([
        'archive_mode=on',
        `archive_command=pgbackrest --config=${config} --stanza=main archive-push %p`,
        'wal_level=replica',
      ]);
      writeFileSync(
        config,
        `[global]\nrepo1-path=${home}/repo\nlog-path=${home}/log\nlock-path=${home}/lock\nspool-path=${home}/spool\nlog-level-file=off\nstart-fast=y\n
[main]\npg1-path=${cluster.directory}/data\npg1-port=${cluster.port}\npg1-socket-path=${cluster.directory}\npg1-user=postgres\n`,
      );
      pgbackrest(config, 'stanza-create');
      pgbackrest(config, 'backup', '--type=full');
      await use(cluster);
      await cluster.stop();
    },
    { scope: 'file' },
  ],
});

function ids(): [number, number] {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres']).toString());
  return isRoot ? [id('-u'), id('-g')] : [process.getuid!(), process.getgid!()];
}

function pgbackrest(config: string, ...args: string[]): string {
  const [uid, gid] = ids();
  return execFileSync('pgbackrest', [`--config=${config}`, '--stanza=main', ...args], {
    ...(isRoot && { uid, gid }),
    cwd: '/',
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function archived(world: PostgresTarget, { home, config }: { home: string; config: string }) {
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
        },
      },
    },
    'test',
  );
}

// Skipped where pgBackRest is not installed: apt-get install pgbackrest.
describe.skipIf(whyNoPostgres ?? (has ? undefined : 'pgbackrest is missing'))(
  'a moment of the archive',
  () => {
    test('becomes a backup like any other, and a recovery brings a table back that was dropped since', async ({
      world,
      server,
      archive,
    }) => {
      pgbackrest(archive.config, 'backup', '--type=incr');
      await server.sql("insert into indicators (region) values ('a moment before')");
      await sleep(1200);
      const [{ moment }] = (await server.sql(
        'select to_char(now() at time zone \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\') as moment',
      )) as [{ moment: string }];
      await sleep(1200);
      await server.sql(
        "insert into indicators (region) values ('too late'); drop table indicators",
      );
      await server.sql('select pg_switch_wal()');
      await sleep(1500);
      const { backups, database } = archived(world, archive);

      const unmanaged = await backups.recognise(`pgbackrest:${moment}`);
      const adopted = await backups.adopt(STAMP, unmanaged);
      const again = await backups.adopt(STAMP, unmanaged);
      await backups.store(STAMP);
      const proof = await backups.verify(STAMP, 'file');
      const backup = await backups.seal(STAMP, unmanaged.class, proof);
      const staged = await database.stage(backup, NEXT);
      await database.keep(NEXT, { verdict: 'unclear' });
      await database.swap(staged);
      await database.expectLive(staged);

      expect([adopted.changed, again.changed]).toEqual([true, false]);
      expect(backup).toMatchObject({
        class: 'emergency',
        takenAt: new Date(moment).toISOString(),
        rows: 501,
      });
      expect(
        await server.sql(
          "select region from indicators where region in ('a moment before', 'too late')",
        ),
      ).toEqual([{ region: 'a moment before' }]);
      expect(await backups.recognise(`pgbackrest:${moment}`)).toMatchObject({ adopted: STAMP });
      expect(readdirSync(join(archive.home, 'scratch'))).toEqual([]);
    }, 120_000);

    test('is refused where the archive does not reach, or the name tells no time, with what to say', async ({
      world,
      archive,
    }) => {
      const { backups } = archived(world, archive);
      const bare = createSystems(world, 'test').backups;

      const early = await backups.recognise('pgbackrest:2020-01-01T00:00:00Z');
      await expect(backups.adopt(STAMP, early)).rejects.toMatchObject({
        type: 'BackupUnreadable',
        message: expect.stringMatching(
          /does not reach back to 2020-01-01T00:00:00\.000Z: its first backup ended \d{4}-/,
        ),
      });
      const late = new Date(Date.now() - 1).toISOString();
      await expect(
        backups.adopt(STAMP, await backups.recognise(`pgbackrest:${late}`)),
      ).rejects.toMatchObject({
        type: 'BackupUnreadable',
        message: expect.stringMatching(
          /recovery ended before configured recovery target was reached|cannot restore/,
        ),
      });
      await expect(backups.recognise('pgbackrest:noon')).rejects.toMatchObject({
        type: 'InvalidInput',
      });
      await expect(backups.recognise('pgbackrest:2999-01-01T00:00:00Z')).rejects.toMatchObject({
        type: 'InvalidInput',
      });
      await expect(bare.recognise('pgbackrest:2026-01-01T00:00:00Z')).rejects.toMatchObject({
        type: 'NotApplicable',
        message: expect.stringContaining('add "database.archive"'),
      });
      expect(readdirSync(join(archive.home, 'scratch'))).toEqual([]);
      await backups.discard(STAMP);
    }, 120_000);
  },
);
