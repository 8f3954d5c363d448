import { describe, expect } from 'vitest';
import { partitionPlan } from '../../../../src/activities/database/postgres/growth/partitions.ts';
import { connectionOf } from '../../../../src/activities/database/postgres/server/connection.ts';
import { withClient } from '../../../../src/activities/database/postgres/server/with-client.ts';
import { whyNoPostgres } from '../../../support/postgres.ts';
import { test } from '../../../support/postgres-target.ts';

describe.skipIf(whyNoPostgres)('plans to grow', () => {
  test('of partitions keep every row, right, index and number, and say what becomes of the key', async ({
    world,
    server,
  }) => {
    await server.sql(`set role app;
      create table sales (id serial primary key, at timestamp not null, note text default 'none', check (note <> 'never'));
      create index by_note on sales (note);
      insert into sales (at, note) select timestamp '2025-01-15' + n * interval '1 day', 'sale ' || n from generate_series(1, 400) n;
      grant select on sales to public`);
    const hash =
      'select count(*)::int as rows, md5(string_agg(s::text, chr(10) order by id)) as hash from sales s';
    const before = await server.sql(hash);

    const plan = await withClient(connectionOf(world), (client) =>
      partitionPlan(client, 'public', 'sales', undefined),
    );
    await server.sql(plan);

    expect(plan).toContain(
      '(id) becomes (id, at), so that id alone is no longer held to be unique',
    );
    expect(await server.sql(hash)).toEqual(before);
    const [{ parts }] = (await server.sql(
      "select count(*)::int as parts from pg_inherits where inhparent = 'sales'::regclass",
    )) as [{ parts: number }];
    expect(parts).toBeGreaterThan(14);
    expect(await server.sql('select count(*)::int as rows from sales_rest')).toEqual([{ rows: 0 }]);
    const explained = JSON.stringify(
      await server.sql(
        "explain select * from sales where at >= '2025-03-01' and at < '2025-04-01'",
      ),
    );
    expect(explained).toContain('sales_2025_03');
    expect(explained).not.toContain('sales_2025_04');
    await server.sql('set role app; insert into sales (at) values (now())');
    expect(await server.sql('select id, note from sales order by id desc limit 1')).toEqual([
      { id: 401, note: 'none' },
    ]);
    expect(
      await server.sql("select has_table_privilege('public', 'sales', 'select') as may"),
    ).toEqual([{ may: true }]);
    expect(
      await server.sql(
        "select indexdef like '%(note)%' as there from pg_indexes where tablename = 'sales' and indexname = 'by_note'",
      ),
    ).toEqual([{ there: true }]);
    expect(await server.sql('select count(*)::int as rows from sales_unpartitioned')).toEqual([
      { rows: 400 },
    ]);
  });

  test.for([
    [
      'create table kept (id int primary key, at date not null); create table child (k int references kept)',
      undefined,
      /foreign key of "public.child" that refers to it/,
    ],
    [
      'create table kept (at date not null); create view over_it as select * from kept',
      undefined,
      /view "public.over_it" over it/,
    ],
    [
      'create table kept (at date not null); alter table kept enable row level security',
      undefined,
      /row security/,
    ],
    [
      'create table kept (one date not null, two date not null)',
      undefined,
      /Dates that are never null: "one", "two": say one by --by/,
    ],
    [
      'create table kept (one date not null, other int)',
      'other',
      /has no date "other" that is never null\. Those that it has: "one"/,
    ],
  ] as const)(
    'of partitions are not made of what cannot be taken along: %s',
    async ([sql, by, why], { world, server }) => {
      await server.sql(`set role app; ${sql}`);

      const plan = withClient(connectionOf(world), (client) =>
        partitionPlan(client, 'public', 'kept', by),
      );

      await expect(plan).rejects.toThrow(why);
    },
  );
});
