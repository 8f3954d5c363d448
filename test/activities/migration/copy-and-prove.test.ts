import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareAll, expectEqual } from '../../../src/activities/migration/compare/compare-all.ts';
import { differenceText } from '../../../src/activities/migration/compare/name-differences.ts';
import { resolve } from '../../../src/activities/migration/plan/resolve.ts';
import type { Plan } from '../../../src/activities/migration/plan/plan.ts';
import { openSource } from '../../../src/activities/migration/source/open-source.ts';
import { type Cluster, startCluster, whyNoPostgres } from '../../support/postgres.ts';
import { createAwkwardDatabase } from './support/awkward-database.ts';
import { copyFrom, planOf, wholePlan } from './support/migrated.ts';

let cluster: Cluster;
let shared: World;
let made = 0;

interface World {
  readonly file: string;
  readonly plan: Plan;
  readonly client: Client;
}

/** Skipped with its reason. */
describe.skipIf(whyNoPostgres !== undefined)('an awkward database', () => {
  const directory = mkdtempSync(join(tmpdir(), 'awkward-'));

  beforeAll(async () => {
    cluster = await startCluster();
    shared = await world(directory);
  });
  afterAll(async () => {
    await shared.client.end();
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  test('is not created at all while a question is open', async () => {
    const { file, client } = shared;

    await expect(copyFrom(file, client, planOf(file))).rejects.toThrow('have no answer');

    const { rows } = await client.query(
      `select relname from pg_class where relnamespace = 'public'::regnamespace`,
    );
    expect(rows).toEqual([]);
  });

  test('is equal to its copy, whatever SQLite holds', async () => {
    const { file, client, plan } = shared;

    const copied = await copyFrom(file, client, plan);
    const all = await compared(shared);

    expect(copied).toMatchObject({ changed: true, rejects: 47 });
    expect(all.filter(({ equal }) => !equal)).toEqual([]);
    expect(all.find(({ table }) => table === 'measurements')!.hash.rows).toBe('301');
  });

  test('gets keys, indexes, references, and none of its tables is lost by a crash', async () => {
    const { client } = shared;

    const { rows } = await client.query<{ indexdef: string }>(
      `select indexdef from pg_indexes where schemaname = 'public' order by 1`,
    );
    const { rows: keys } = await client.query(
      `select conrelid::regclass::text as "table", contype::text as type, convalidated as valid from pg_constraint
       where contype = 'f' or contype = 'c'`,
    );
    const { rows: unlogged } = await client.query(
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relpersistence = 'u'`,
    );

    expect(rows.map(({ indexdef }) => indexdef.replace(/ USING btree/, ''))).toEqual(
      expect.arrayContaining([
        'CREATE INDEX idx_part ON public.measurements (code) WHERE ok',
        'CREATE INDEX idx_expr ON public.measurements (lower(code), year DESC)',
        'CREATE UNIQUE INDEX idx_nocase ON public.tenants (lower((name COLLATE "C")))',
      ]),
    );
    // Its orphan was there before.
    expect(keys).toContainEqual({ table: 'measurements', type: 'f', valid: false });
    expect(keys).toContainEqual({ table: 'strictone', type: 'c', valid: true });
    expect(unlogged).toEqual([]);
  });

  test('keeps what does not fit beside its table, with its row and its bytes', async () => {
    const { rows } = await shared.client.query(
      `select * from awkward_rejects where "column" = 't' order by hex`,
    );

    expect(rows).toEqual([
      { row: '20', column: 't', kind: 'blob', hex: '00ff' },
      { row: '16', column: 't', kind: 'text with NUL', hex: '610062' },
      { row: '18', column: 't', kind: 'text that is no UTF-8', hex: 'eda080' },
      { row: '17', column: 't', kind: 'text that is no UTF-8', hex: 'ff41' },
    ]);
  });

  test('is not equal when a single bit is not: each such row is named', async () => {
    const { client } = shared;
    // A REAL moves by its last bit.
    await client.query(`update measurements set value = value * (1 + 2.3e-16) where id = 17`);
    await client.query(`update measurements set note = null where id = 8`);
    await client.query(`update measurements set ok = not ok where id in (30, 31)`);
    await client.query(`delete from measurements where id = 20`);
    await client.query(`update awkward set t = 'a' || chr(65533) where what = 'bad utf8'`);
    await client.query(
      `delete from events where ctid = (select min(ctid) from events where n is null)`,
    );

    const all = await compared(shared);

    const named = all.flatMap(({ differences }) => differences.map(differenceText));
    expect(() => expectEqual(all)).toThrow(/^3 tables in PostgreSQL differ from SQLite: /);
    expect(named.filter((one) => !/hash|rowid/.test(one)).toSorted()).toEqual([
      'measurements, id 17: value, twice',
      'measurements, id 20: only in SQLite',
      'measurements, id 30: ok',
      'measurements, id 31: ok',
      'measurements, id 8: note',
    ]);
    expect(named).toContain('awkward, rowid 17: only in SQLite');
    expect(named.some((one) => /^events, rowid \d+: only in SQLite$/.test(one))).toBe(true);
  });

  test('goes on with its numbers, defaults and computed columns', async () => {
    const { rows } = await shared.client.query(
      `insert into measurements(value) values (2.5) returning id, twice, taken is not null as stamped`,
    );

    // SQLite had given 5 000 000 to a row that is gone.
    expect(rows).toEqual([{ id: '5000001', twice: 5, stamped: true }]);
  });

  test('is copied over what was copied, and over nothing else', async () => {
    const { file, client, plan } = shared;

    const again = await copyFrom(file, client, plan, '20260106_020000');
    const all = await compared(shared);
    await client.query('create table mine (id int)');
    const refused = copyFrom(file, client, plan, '20260107_020000');

    expect(again).toMatchObject({ changed: true });
    expectEqual(all);
    await expect(refused).rejects.toThrow(
      'The PostgreSQL database has tables that no migration has made, such as "mine"',
    );
  });

  test('goes on after it was killed with the tables that are whole', async () => {
    const other = await world(directory);
    const { file, client, plan } = other;
    const broken = structuredClone(plan);
    broken.tables.find(({ name }) => name === 'strictone')!.columns[2]!.default = 'nonsense(';
    await expect(copyFrom(file, client, broken)).rejects.toThrow('Cannot make "strictone"');
    // The server has died since: what was unlogged is empty.
    await client.query('truncate events');
    const oids = `select relname, oid from pg_class where relname in ('measurements', 'events') order by 1`;
    const { rows: before } = await client.query<{ oid: number }>(oids);

    const copied = await copyFrom(file, client, plan);

    const { rows: after } = await client.query<{ oid: number }>(oids);
    expect(after[0]!.oid).not.toBe(before[0]!.oid);
    expect(after[1]!.oid).toBe(before[1]!.oid);
    // All of it, whichever try has copied it: a cut-over takes as long.
    expect(copied.rows).toBe(1473);
    expectEqual(await compared(other));
    await client.end();
  });

  test('promises what was measured also when the try that measured it was killed', async () => {
    const other = await world(directory);
    const { file, client, plan } = other;
    const first = await copyFrom(file, client, plan);

    const again = await copyFrom(file, client, plan);

    expect(again).toEqual({ ...first, changed: false });
    expect(again.rows).toBe(1473);
    expect(again.rejects).toBe(47);
    expect(again.copyMilliseconds).toBeGreaterThan(0);
    expect(again.buildMilliseconds).toBeGreaterThan(0);
    await client.end();
  });
});

async function world(directory: string): Promise<World> {
  const name = `shop${(made += 1)}`;
  const file = join(directory, `${name}.db`);
  createAwkwardDatabase(file);
  await cluster.sql(`create database ${name}`);
  const client = await cluster.connect({ database: name });
  await client.query('set search_path = public, pg_catalog');
  return { file, plan: wholePlan(file), client };
}

async function compared({ file, client, plan }: World) {
  const source = openSource(file);
  try {
    return await compareAll(source, client, resolve(plan).tables);
  } finally {
    source.close();
  }
}
