import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { PostgresTarget } from '../../../../src/config/schema/target.ts';
import { fillDatabase, startCluster } from '../../../support/postgres.ts';
import {
  type Archive,
  archived,
  configure,
  goOn,
  ids,
  moment,
  pgbackrest,
  test,
  whyNoArchive,
} from './archive-world.ts';
import { STAMP } from './support.ts';

// Skipped where pgBackRest is not installed: apt-get install pgbackrest.
describe.skipIf(whyNoArchive !== undefined)('a moment of the archive of a server', () => {
  test('that subscribes to others takes nothing of what the live one waits for', async ({
    world,
    server,
    archive,
    cluster,
  }) => {
    // Long enough to read that its workers would have begun.
    await server.sql(
      'create table bulk as select n, md5(n::text) from generate_series(1, 300000) n',
    );
    await server.sql('create publication shop for table indicators');
    await server.sql("select pg_create_logical_replication_slot('live', 'pgoutput')");
    await cluster.sql('create database subscriber');
    const live = (text: string) => cluster.sql(text, 'subscriber');
    await live('create table indicators (id bigint, region text, value float8, at timestamptz)');
    await live(
      `create subscription live connection 'host=${cluster.directory} port=${cluster.port} user=postgres dbname=''${server.database}'''
         publication shop with (create_slot = false, slot_name = 'live', copy_data = false)`,
    );
    const at = await moment(server);
    await goOn(server);
    await live('alter subscription live disable');
    await sleep(1000);
    await server.sql("insert into indicators (region) select 'waits' from generate_series(1, 7)");

    await adopt(world, archive, at);
    await live('alter subscription live enable');
    await sleep(2000);
    const { rows } = await live("select from indicators where region = 'waits'");
    await live('drop subscription live');

    expect(rows).toHaveLength(7);
  }, 120_000);

  test.for([
    [
      'starts on a machine whose memory the live one has',
      ["shared_buffers = '100GB'", "huge_pages = 'on'", "wal_level = 'minimal'"],
    ],
    [
      'does nothing to the world',
      [
        "recovery_end_command = 'touch %/made'",
        "archive_cleanup_command = 'touch %/made'",
        "external_pid_file = '%/made'",
      ],
    ],
  ] as const)(
    'whatever ALTER SYSTEM has said there, %s',
    async ([, settings], { world, server, archive, cluster }) => {
      const made = join(cluster.directory, 'made');
      for (const one of settings)
        await cluster.sql(`alter system set ${one.replace('%', cluster.directory)}`);
      pgbackrest(archive.config, 'backup', '--type=incr');
      await cluster.sql('alter system reset all');
      const at = await moment(server);
      await goOn(server);
      writeFileSync(made, 'of the live one');
      const before = statSync(made).mtimeMs;

      await adopt(world, archive, at);

      expect(existsSync(made) && statSync(made).mtimeMs).toBe(before);
      expect(readFileSync(made, 'utf8')).toBe('of the live one');
    },
  );

  test('goes to its own directory, wherever the configuration sends links and tablespaces', async ({
    world,
    server,
    archive,
    cluster,
  }) => {
    const [linked, fast] = ['linked', 'fast'].map((name) => join(archive.home, name)) as [
      string,
      string,
    ];
    for (const one of [linked, fast]) {
      mkdirSync(one);
      chownSync(one, ...ids());
    }
    writeFileSync(join(linked, 'file'), 'precious');
    chownSync(join(linked, 'file'), ...ids());
    symlinkSync(linked, join(cluster.directory, 'data/extra'));
    await server.sql(`create tablespace fast location '${fast}'`);
    await server.sql('create table in_fast tablespace fast as select 1 as a');
    pgbackrest(archive.config, 'backup', '--type=incr');
    const at = await moment(server);
    await goOn(server);
    const more = `link-all=y\nlink-map=extra=${linked}\ntablespace-map=fast=${fast}\ndelta=y`;
    configure(archive, cluster, `[main:restore]\n${more}\n`);

    await adopt(world, archive, at);
    configure(archive, cluster);

    expect(readFileSync(join(linked, 'file'), 'utf8')).toBe('precious');
    expect(await server.sql('select a from in_fast')).toEqual([{ a: 1 }]);
  });

  test('comes from a whole backup when the newest is known to be damaged', async ({
    world,
    server,
    archive,
    cluster,
  }) => {
    await server.sql(
      "create table big as select n, repeat('x', 500) as t from generate_series(1, 500) n",
    );
    pgbackrest(archive.config, 'backup', '--type=full');
    const [{ path }] = (await server.sql("select pg_relation_filepath('big') as path")) as [
      { path: string },
    ];
    await server.sql('checkpoint');
    await cluster.crash();
    const file = join(cluster.directory, 'data', path);
    const whole = readFileSync(file);
    writeFileSync(file, Buffer.from(whole).fill(0x5a, 3 * 8192 + 4000, 3 * 8192 + 4064));
    pgbackrest(archive.config, 'backup', '--type=full');
    writeFileSync(file, whole);
    const at = await moment(server);
    await goOn(server);

    await expect(adopt(world, archive, at)).resolves.toMatchObject({ changed: true });
  });

  test('says how far the log could be read, and what is wrong with it', async ({
    world,
    server,
    archive,
  }) => {
    await goOn(server);
    const [{ name }] = (await server.sql(
      'select pg_walfile_name(pg_current_wal_lsn()) as name',
    )) as [{ name: string }];
    await goOn(server);
    const at = await moment(server);
    await goOn(server);
    const directory = join(archive.home, 'repo/archive/main/15-1', name.slice(0, 16));
    const file = join(
      directory,
      readdirSync(directory).find((one) => one.startsWith(name))!,
    );

    renameSync(file, `${archive.home}/away`);
    const gap = adopt(world, archive, at);
    await expect(gap).rejects.toThrow(
      /does not reach .*: FATAL: +recovery ended before .*; the last of its log that could be read is "[0-9A-F]{24}"/,
    );
    renameSync(`${archive.home}/away`, file);
    pgbackrest(archive.config, 'stop');
    const stopped = adopt(world, archive, at);
    await expect(stopped).rejects.toThrow('stop file exists for stanza main');
    pgbackrest(archive.config, 'start');

    await expect(adopt(world, archive, at)).resolves.toMatchObject({ changed: true });
  });
});

describe.skipIf(whyNoArchive !== undefined)('a moment that cannot be had', () => {
  test('is one of the archive of another server, whose database has the same name', async ({
    world,
    server,
    archive,
    cluster,
  }) => {
    const push = `archive_command=pgbackrest --config=${archive.config} --stanza=other archive-push %p`;
    const other = await startCluster(['archive_mode=on', push, 'wal_level=replica']);
    const place = `pg1-path=${other.directory}/data\npg1-port=${other.port}\npg1-socket-path=${other.directory}\npg1-user=postgres`;
    configure(archive, cluster, `\n[other]\n${place}\n`);
    pgbackrest(archive.config, '--stanza=other', 'stanza-create');
    pgbackrest(archive.config, '--stanza=other', 'backup');
    await fillDatabase(other, server.database, 3);
    const at = await moment(server);
    await goOn({ ...server, sql: async (text) => (await other.sql(text, server.database)).rows });
    await other.stop();

    const own = adopt(world, archive, at, { stanza: 'other' });

    await expect(own).rejects.toThrow('"other" is the archive of another server than the live one');
    configure(archive, cluster);
  });

  test('is said before anything is restored where its place is missing, or too deep for a socket', async ({
    world,
    server,
    archive,
  }) => {
    const at = await moment(server);
    const deep = join(archive.home, 'a'.repeat(80));
    mkdirSync(deep);
    chownSync(deep, ...ids());

    const long = adopt(world, archive, at, { scratch: deep });
    await expect(long).rejects.toMatchObject({ type: 'InvalidInput' });
    const gone = adopt(world, archive, at, { scratch: `${deep}/gone` });
    await expect(gone).rejects.toMatchObject({ type: 'FilesMissing' });
  });
});

/** Nothing of it stays. */
async function adopt(
  world: PostgresTarget,
  archive: Archive,
  at: string,
  more: Parameters<typeof archived>[2] = {},
) {
  const { backups } = archived(world, archive, more);
  try {
    return await backups.adopt(STAMP, await backups.recognise(`pgbackrest:${at}`));
  } finally {
    await backups.discard(STAMP);
    expect(readdirSync(join(archive.home, 'scratch'))).toEqual([]);
  }
}
