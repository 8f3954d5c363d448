import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import {
  exportCsv,
  serverCounts,
  serverRelations,
  serverSchema,
} from '../../../../src/activities/database/postgres/look/relations.ts';
import { readinessOf } from '../../../../src/activities/database/postgres/server/readiness.ts';
import { PostgresDatabase } from '../../../../src/config/schema/database.ts';
import { PASSWORD, whyNoPostgres } from '../../../support/postgres.ts';
import { test } from '../../../support/postgres-target.ts';

describe.skipIf(whyNoPostgres)('a PostgreSQL server', () => {
  test('is looked into without a change: tables, definitions, counts, and a table as CSV', async ({
    world,
    server,
    directory,
  }) => {
    await server.sql(`create schema "other one"; create view "other one".few as select id, region from indicators where id < 3;
      update indicators set region = '' where id = 1; update indicators set region = null where id = 2;
      grant usage on schema "other one" to operations; grant select on "other one".few to operations`);

    const relations = await serverRelations(world);
    const few = relations.find(({ name }) => name === 'other one.few')!;
    const file = join(directory, 'few.csv');

    expect(relations.map(({ name, type }) => [name, type])).toEqual([
      ['indicators', 'table'],
      ['other one.few', 'view'],
    ]);
    expect(await serverCounts(world)).toEqual([
      { name: 'indicators', rows: 500, bytes: expect.any(Number) },
    ]);
    expect(await serverSchema(world, relations[0])).toContain('CREATE TABLE public.indicators');
    expect(await exportCsv(world, few, file)).toMatchObject({ rows: 2 });
    expect(readFileSync(file, 'utf8')).toBe('id,region\n1,""\n2,\n');
    await expect(exportCsv(world, few, file)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readdirSync(world.state).filter((name) => name.startsWith('postgres'))).toEqual([]);
  });

  test('lacks nothing that runbooks need, or doctor says what', async ({ world, server }) => {
    const lacking = async (user: string) =>
      (await readinessOf({ ...world, database: { ...world.database, user } }))
        .filter(({ state }) => state === 'missing')
        .map(({ finding }) => finding.replaceAll('"', ''));
    await server.sql(
      `do $$ begin create role poor login password '${PASSWORD}'; exception when duplicate_object then end $$`,
    );

    expect(await lacking('operations')).toEqual([]);
    expect(await lacking('poor')).toEqual([
      'poor has no CREATEDB: no backup can be proven',
      'poor is no member of the owner app',
      'poor is no member of pg_signal_backend',
      'poor is no member of pg_monitor',
    ]);
    expect(
      (await readinessOf({ ...world, database: { ...world.database, port: 1 } }))[0],
    ).toMatchObject({ state: 'missing', finding: expect.stringContaining('Cannot reach') });
  });
});

describe('the keys of a PostgreSQL database', () => {
  const base = { kind: 'postgres', keyTable: 't' } as const;

  test.for([
    [{ ...base }, /Expected "url", or "database" and "user"/],
    [{ ...base, url: 'postgresql://u:secret@h/d' }, /Expected no password in it/],
    [{ ...base, url: 'mysql://u@h/d' }, /Expected "postgresql:/],
    [{ ...base, user: 'u', database: 'd'.repeat(34) }, /Expected at most 33 bytes/],
    [
      { ...base, user: 'u', database: 'd', password: 'secret' },
      /the secret itself does not belong here/,
    ],
  ] as const)('are refused when they cannot mean anything: %j', ([keys, why]) => {
    const { error } = PostgresDatabase.safeParse(keys);

    expect(error?.issues.map(({ message }) => message).join()).toMatch(why);
  });
});
