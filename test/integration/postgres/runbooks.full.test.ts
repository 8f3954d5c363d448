import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, vi } from 'vitest';
import { whyNoPostgres } from '../../support/postgres.ts';
import { backUp } from '../../support/recovery.ts';
import { approving, stateOf } from '../../support/locked.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { test } from './on-temporal.ts';

describe.skipIf(whyNoPostgres)('runbooks on PostgreSQL', () => {
  test('restore-drill restores beside the live database, boots on it, and leaves nothing', async ({
    server,
    runs,
  }) => {
    await backUp(runs);

    const { ending } = await runs.run('restore-drill');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toMatchObject({ verdict: 'proven' });
    expect(await server.names()).toEqual(['']);
  });

  test('database-locked cancels, then ends, the one session that is in the way, and no other', async ({
    server,
    runs,
    systems,
  }) => {
    const { cluster, database } = server;
    await server.sql('create role importer login');
    await server.sql('grant all on indicators to importer');
    const reader = await cluster.connect({ database, application_name: 'a report' });
    await reader.query('select 1');
    const blocker = await cluster.connect({
      database,
      application_name: 'a migration',
      user: 'importer',
    });
    await blocker.query('begin; lock table indicators in access exclusive mode');
    await vi.waitFor(async () => expect(await systems.http.isReady()).toBe(false), TIMEOUT);

    const { ending } = await runs.run(
      'database-locked',
      {},
      { meanwhile: approving('end', 'kill') },
    );

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(stateOf(ending, 'end', 'kill', 'restart', 'prove', 'test')).toEqual([
      'done',
      'done',
      'omitted',
      'done',
      'done',
    ]);
    expect(JSON.stringify(ending.output)).toContain('a migration of importer');
    await expect(blocker.query('select 1')).rejects.toThrow('connection');
    expect((await reader.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await reader.end();
    await systems.http.expectReady();
  });

  test('database-locked lets pg_dump end by itself', async ({ server, runs }) => {
    const { cluster, database } = server;
    const dump = await cluster.connect({ database, application_name: 'pg_dump' });
    await dump.query('begin; lock table indicators in share mode');
    await sleep(1500);

    const { ending } = await runs.run('database-locked');

    expect(ending.failure).toMatchObject({
      type: 'StillLocked',
      message: expect.stringContaining('A backup is let end'),
    });
    expect((await dump.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await dump.end();
  });

  test('database-maintenance clears dead rows while the application runs', async ({
    server,
    runs,
    systems,
  }) => {
    await backUp(runs);
    await server.sql(
      'alter table indicators set (autovacuum_enabled = off); update indicators set value = value + 1; update indicators set value = value + 1',
    );
    await server.sql('select pg_stat_force_next_flush(), pg_sleep(1)');

    const { ending } = await runs.run('database-maintenance');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(stateOf(ending, 'reclaim', 'analyse', 'compact', 'checkpoint')).toEqual([
      'done',
      'done',
      'omitted',
      'omitted',
    ]);
    const [{ dead }] = (await server.sql(
      "select n_dead_tup::int as dead from pg_stat_user_tables where relname = 'indicators'",
    )) as [{ dead: number }];
    expect(dead).toBeLessThan(500);
    await systems.http.expectReady();
  });

  test('database-issue keeps a dump as evidence, and restores nothing that is sound', async ({
    runs,
  }) => {
    const { ending } = await runs.run('database-issue');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(JSON.stringify(ending.ledger)).toContain('A dump, ');
  });

  test('rollback goes back from a recovery', async ({ server, runs, systems }) => {
    await backUp(runs);
    await server.sql("insert into indicators (region) values ('after the backup')");
    const { ending: there } = await runs.run('database-recovery', { backup: 'latest' });
    expect(there.outcome).toBe('done');
    expect(await server.sql("select 1 from indicators where region = 'after the backup'")).toEqual(
      [],
    );

    const { ending } = await runs.run('rollback', { run: there.run });

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(
      await server.sql("select 1 as one from indicators where region = 'after the backup'"),
    ).toEqual([{ one: 1 }]);
    await systems.http.expectReady();
  });

  test('system-recovery and weekly-backup take the database along', async ({
    server,
    runs,
    systems,
  }) => {
    const { ending: made } = await runs.run('weekly-backup');
    expect([made.failure?.message, made.outcome]).toEqual([undefined, 'done']);
    await server.sql('drop table indicators');

    const { ending } = await runs.run('system-recovery', { backup: 'latest' });

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    await systems.http.expectReady();
  });

  test('a recovery that ends badly puts the database from before back', async ({
    server,
    runs,
    systems,
  }) => {
    await backUp(runs);
    await server.sql("insert into indicators (region) values ('after the backup')");

    const { ending } = await runs.run(
      'database-recovery',
      { backup: 'latest' },
      {
        around: async (activity, work) => {
          if (activity === 'database.expectLive')
            await server.sql('update indicators set value = 0 where id = 1');
          return work();
        },
      },
    );

    expect(ending).toMatchObject({ outcome: 'undone', failure: { type: 'RestoredDiffers' } });
    expect(
      await server.sql("select 1 as one from indicators where region = 'after the backup'"),
    ).toEqual([{ one: 1 }]);
    expect(await server.names()).toEqual(['', expect.stringMatching(/^_undone_/)]);
    await systems.http.expectReady();
  });

  const many = test.extend({ rows: 40_000 });

  many(
    'slow-dashboard proves an index on a restored copy, and makes it while everybody writes',
    async ({ world, server, runs }) => {
      appendFileSync(
        join(world.directory, 'app.log'),
        'SLOW QUERY 900 ms: select id, region from indicators where value = 12.5 order by id\n',
      );

      const { ending } = await runs.run('slow-dashboard', { create: 'yes' });

      expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
      expect(ending.output).toMatchObject({ helped: 'create', tried: ['create'] });
      expect(stateOf(ending, 'prove', 'create')).toEqual(['done', 'done']);
      expect(
        await server.sql(
          "select indisvalid as valid from pg_index where indexrelid = 'runbook_indicators_value'::regclass",
        ),
      ).toEqual([{ valid: true }]);
      expect(await server.names()).toEqual(['']);
    },
  );
});
