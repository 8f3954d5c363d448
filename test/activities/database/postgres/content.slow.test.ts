import { describe, expect } from 'vitest';
import { differenceOf } from '../../../../src/activities/database/postgres/content/differences.ts';
import { readContent } from '../../../../src/activities/database/postgres/content/read-content.ts';
import { connectionOf } from '../../../../src/activities/database/postgres/server/connection.ts';
import { withClient } from '../../../../src/activities/database/postgres/server/with-client.ts';
import { PASSWORD, whyNoPostgres } from '../../../support/postgres.ts';
import { test } from '../../../support/postgres-target.ts';
import { backUp, createSystems, NEXT, STAMP } from './support.ts';

const sound = { verdict: 'sound' } as const;

describe.skipIf(whyNoPostgres)('a backup of PostgreSQL holds', () => {
  test('partitions, row security and large objects, and a recovery brings all of them back', async ({
    server,
    systems,
  }) => {
    const { database } = systems;
    await server.sql(`set role app;
      create table sales (id int, at date not null, note text) partition by range (at);
      create table sales_2025 partition of sales for values from ('2025-01-01') to ('2026-01-01');
      create table sales_rest partition of sales default;
      insert into sales select n, date '2025-06-01' + n, 'sale ' || n from generate_series(1, 400) n;
      create table secrets (id int, owner text); insert into secrets values (1, 'app'), (2, 'other');
      alter table secrets enable row level security;
      create policy own on secrets to app using (owner = current_user);
      select lo_from_bytea(4242, decode(repeat('00ff', 70000), 'hex'))`);
    const { backup } = await backUp(systems);
    await server.sql(`drop table sales; drop table secrets; select lo_unlink(4242)`);

    const staged = await database.stage(backup, NEXT);
    await database.keep(NEXT, sound);
    await database.swap(staged);
    await database.expectLive(staged);

    const one = async (text: string) => Object.values((await server.sql(text))[0] as object)[0];
    expect(await one('select count(*)::int from sales')).toBe(400);
    expect(await one('select count(*)::int from only sales_2025')).toBe(213);
    expect(
      await one("select pg_get_expr(relpartbound, oid) from pg_class where relname = 'sales_2025'"),
    ).toBe("FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')");
    expect(await one('select length(lo_get(4242))')).toBe(140_000);
    expect(await one("select relrowsecurity from pg_class where relname = 'secrets'")).toBe(true);
  });

  test.for([
    ['a byte of a large object', "select lo_put(7, 0, '\\x01')", 'content'],
    [
      'the bounds of a partition',
      `alter table p detach partition p1; alter table p attach partition p1 for values from (0) to (20)`,
      'schema',
    ],
    ['a policy for somebody else', 'alter policy mine on guarded to public', 'schema'],
    [
      'row security that also binds its owner',
      'alter table guarded force row level security',
      'schema',
    ],
  ])('%s as it was: another one is found', async ([, change, check], { world, server }) => {
    await server.sql(`set role app; select lo_from_bytea(7, '\\x00ff');
      create table p (n int) partition by range (n); create table p1 partition of p for values from (0) to (10);
      create table guarded (n int); alter table guarded enable row level security;
      create policy mine on guarded to app using (true)`);
    const read = () =>
      withClient(connectionOf(world), (client) => readContent(client, 'indicators'));
    const before = await read();
    expect(differenceOf(await read(), before)).toBeUndefined();

    await server.sql(change!);
    // Row security that binds its owner binds whoever reads for him, too.
    await server.sql('alter role operations bypassrls');

    const after = await read();
    await server.sql('alter role operations nobypassrls');

    expect(differenceOf(after, before)?.check).toBe(check);
  });
});

describe.skipIf(whyNoPostgres)('a role without rights', () => {
  test.for([
    ['that may read nothing', '', /permission denied for .*\. See "Rights" in docs\/postgres\.md/],
    [
      'that may make no database',
      'grant pg_read_all_data to poor',
      /permission denied to create database\. See "Rights" in docs\/postgres\.md/,
    ],
  ] as const)(
    '%s is told so in a sentence, by a backup',
    async ([, grant, message], { world, server }) => {
      await server.sql(
        `do $$ begin create role poor login password '${PASSWORD}'; exception when duplicate_object then end $$;
       revoke pg_read_all_data from poor; ${grant}`,
      );
      const { backups } = createSystems(
        { ...world, database: { ...world.database, user: 'poor' } },
        'test',
      );

      const made = (async () => {
        await backups.snapshot(STAMP);
        await backups.store(STAMP);
        return backups.verify(STAMP);
      })();

      await expect(made).rejects.toMatchObject({
        type: 'NotPermitted',
        nonRetryable: true,
        message: expect.stringMatching(message),
      });
      await backups.discard(STAMP);
    },
  );

  test('that row security binds makes no backup of some rows, and says which table', async ({
    server,
    systems: { backups },
  }) => {
    await server.sql(`set role app; create table guarded (n int); insert into guarded values (1);
      alter table guarded enable row level security, force row level security;
      create policy none on guarded using (false)`);

    await expect(backups.snapshot(STAMP)).rejects.toMatchObject({
      type: 'NotPermitted',
      nonRetryable: true,
      message: expect.stringMatching(
        /query would be affected by row-level security policy for table "guarded"\. See "Rights"/,
      ),
    });
    await backups.discard(STAMP);
  });
});
