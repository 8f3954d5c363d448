import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { whyNoPostgres } from '../../../support/postgres.ts';
import { test } from '../../../support/postgres-target.ts';
import { targetIn } from '../../../support/target.ts';
import { backUp, createSystems, STAMP } from './support.ts';

describe.skipIf(whyNoPostgres)('a backup of PostgreSQL', () => {
  test('is proven by a restore, row by row, of one moment while rows are written', async ({
    world,
    server,
    systems,
  }) => {
    await systems.runtime.start();
    await systems.http.expectReady();

    const { proof, backup } = await backUp(systems);

    expect(proof.checks).toEqual(['sha256', 'restore', 'content', 'row counts', 'schema']);
    expect(proof.unproven).toEqual([
      { check: 'pg_amcheck', why: expect.stringContaining('not installed') },
    ]);
    expect(backup.rows).toBeGreaterThanOrEqual(500);
    expect(backup.rows).toBeLessThanOrEqual(await server.rows());
    expect(await server.names()).toEqual(['']);
    const manifest = readFileSync(join(world.backups.directory, STAMP, 'manifest.json'), 'utf8');
    expect(JSON.parse(manifest).database).toMatchObject({
      engine: 'postgres',
      keyTable: 'public.indicators',
      server: { owner: 'app', roles: ['app'], encoding: 'UTF8' },
    });
    expect(manifest).not.toContain('let me');
  });

  test.for([
    ['a row fewer', 'delete from indicators where id = 7', 'row counts'],
    [
      'the last bit of a value',
      'update indicators set value = 0.30000000000000004 where id = 7',
      'content',
    ],
    [
      'nothing in the place of ""',
      "update indicators set region = null where region = ''",
      'content',
    ],
    [
      'two rows with their values swapped',
      'update indicators set value = 10 - value where value in (3, 7)',
      'content',
    ],
    ['an index fewer', 'drop index by_region', 'schema'],
    ['another right', 'grant select on indicators to public', 'schema'],
  ])(
    'is not taken for what was counted, with %s',
    async ([, change, check], { world, server, systems }) => {
      const { backups } = systems;
      await server.sql(`update indicators set value = 0.3 where id = 7;
      update indicators set region = '' where id = 8`);
      await backups.snapshot(STAMP);
      const before = readFileSync(noteOf(world.backups.directory), 'utf8');
      await backups.discard(STAMP);
      await server.sql(change!);
      await backups.snapshot(STAMP);
      // The dump of now, beside what was counted then.
      const { copy, ...note } = JSON.parse(readFileSync(noteOf(world.backups.directory), 'utf8'));
      const { postgres } = JSON.parse(before).copy;
      writeFileSync(
        noteOf(world.backups.directory),
        JSON.stringify({ ...note, copy: { ...copy, postgres } }),
      );
      await backups.store(STAMP);

      await expect(backups.verify(STAMP)).rejects.toMatchObject({
        type: 'BackupDamaged',
        message: expect.stringContaining(`does not pass ${check}`),
      });
      expect(await server.names()).toEqual(['']);
    },
  );

  test('is refused where the database is a file, and the other way round', async ({
    world,
    systems,
    directory,
  }) => {
    const { backup } = await backUp(systems);
    const file = { ...targetIn(directory), backups: world.backups };
    const { id } = backup;

    await expect(createSystems(file, 'test').database.stage(backup, STAMP)).rejects.toMatchObject({
      type: 'NotApplicable',
      message: `Backup "${id}" is of a database of kind "postgres", and the target's is of kind "sqlite": choose another backup`,
    });
  });

  test('names what is missing on the server, and what is wrong with a password', async ({
    world,
    systems,
  }) => {
    const { database } = world;
    const wrong = (more: object) =>
      createSystems({ ...world, database: { ...database, ...more } }, 'test').backups.snapshot(
        STAMP,
      );
    writeFileSync(join(world.directory, 'wrong'), 'not it');

    await expect(wrong({ password: 'file:wrong' })).rejects.toMatchObject({
      type: 'PostgresRefused',
      nonRetryable: true,
    });
    await expect(wrong({ password: undefined })).rejects.toMatchObject({ type: 'PostgresRefused' });
    await expect(wrong({ password: 'file:none' })).rejects.toMatchObject({ type: 'SecretMissing' });
    await expect(wrong({ port: 1 })).rejects.toMatchObject({
      type: 'PostgresUnreachable',
      nonRetryable: false,
    });
    await expect(wrong({ database: 'no such' })).rejects.toMatchObject({ type: 'DatabaseMissing' });
    await expect(wrong({ keyTable: 'no such' })).rejects.toMatchObject({ type: 'DatabaseUnclear' });
    await expect(wrong({ programs: '/nowhere' })).rejects.toMatchObject({ type: 'CommandMissing' });
    await systems.backups.discard(STAMP);
  });
});

function noteOf(backups: string): string {
  return join(backups, `${STAMP}.part`, 'making.json');
}
