import { readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { connectionOf } from '../../../../src/activities/database/postgres/server/connection.ts';
import { expectServerSpace } from '../../../../src/activities/database/postgres/server/server-disk.ts';
import { withClient } from '../../../../src/activities/database/postgres/server/with-client.ts';
import type { PostgresTarget } from '../../../../src/config/schema/target.ts';
import { PASSWORD, whyNoPostgres } from '../../../support/postgres.ts';
import { test } from '../../../support/postgres-target.ts';
import { backUp, NEXT, STAMP } from './support.ts';

const PETABYTE = 2 ** 50;

function space(
  world: PostgresTarget,
  bytes: number,
  beside?: { directory: string; bytes: number },
) {
  const connection = connectionOf(world);
  return withClient(connection, (client) => expectServerSpace(client, connection, bytes, beside));
}

describe.skipIf(whyNoPostgres)('the disk of a PostgreSQL server', () => {
  test('is looked at before a backup is begun, and told with its figures', async ({ systems }) => {
    const { note } = await systems.backups.expectSpace('daily', STAMP);

    expect(note).toMatch(
      /^[\d.]+ MiB needed, [\d.]+ MiB available\. On the server: [\d.]+ MiB needed.*, [\d.]+ MiB available$/,
    );
  });

  test('that is too small refuses a second copy, with what is needed and what there is', async ({
    world,
    server,
  }) => {
    const { bavail, bsize } = statfsSync(server.cluster.directory);
    const available = bavail * bsize;

    await expect(space(world, PETABYTE)).rejects.toMatchObject({
      type: 'NoSpace',
      message: expect.stringMatching(
        /^Not enough disk space on the server for a second copy of .*: \d+ MiB needed, \d+ MiB available\. "runbook backups list" names/,
      ),
    });
    // What fits by itself does not fit beside what is written to the same disk.
    const most = (available - 2 ** 30 - 2 ** 28) / 1.05;
    expect((await space(world, most)).note).toMatch(/^On the server: /);
    await expect(
      space(world, most, { directory: server.cluster.directory, bytes: available }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('with what the backup itself takes on the same disk'),
    });
  });

  test('refuses a restore before anything is made there: as a proof, and as a recovery', async ({
    world,
    server,
    systems,
  }) => {
    const { backup } = await backUp(systems);
    const manifest = join(world.backups.directory, backup.id, 'manifest.json');
    const grown = JSON.parse(readFileSync(manifest, 'utf8'));
    grown.database.databaseBytes = PETABYTE;
    const stored = { ...backup, database: { ...grown.database } };

    await expect(systems.database.stage(stored as never, NEXT)).rejects.toMatchObject({
      type: 'NoSpace',
    });
    await systems.backups.snapshot(NEXT);
    const note = join(world.backups.directory, `${NEXT}.part`, 'making.json');
    const making = JSON.parse(readFileSync(note, 'utf8'));
    making.copy.postgres.databaseBytes = PETABYTE;
    writeFileSync(note, JSON.stringify(making));
    await systems.backups.store(NEXT);
    await expect(systems.backups.verify(NEXT)).rejects.toMatchObject({ type: 'NoSpace' });
    expect(await server.names()).toEqual(['']);
  });

  test('is told as not known where nobody can see it, and refuses nothing then', async ({
    world,
    server,
  }) => {
    await server.sql(
      `do $$ begin create role blind login password '${PASSWORD}'; exception when duplicate_object then end $$`,
    );
    const blind = { ...world, database: { ...world.database, user: 'blind' } };

    expect(await space(blind, PETABYTE)).toEqual({
      note: 'Not known: the disk space of the server, because "blind" is no member of pg_read_all_settings',
    });
  });
});
