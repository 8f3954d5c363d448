import { describe, expect } from 'vitest';
import { whyNoPostgres } from '../../../support/postgres.ts';
import { test } from '../../../support/postgres-target.ts';

const LOCK = 'begin; lock table indicators in access exclusive mode';

describe.skipIf(whyNoPostgres)('locks of PostgreSQL', () => {
  test('are those of the one session that blocks: it is cancelled, then ended, and no other is', async ({
    server,
    systems: { database },
  }) => {
    const { cluster, database: name } = server;
    await server.sql(
      `do $$ begin create role importer login; exception when duplicate_object then end $$; grant all on indicators to importer`,
    );
    const reader = await cluster.connect({ database: name, application_name: 'a report' });
    const blocker = await cluster.connect({
      database: name,
      application_name: 'a migration',
      user: 'importer',
    });
    await blocker.query(LOCK);
    const waits = reader.query('select count(*)::int as rows from indicators');

    const locked = await database.awaitUnlocked();
    const [holder] = locked.blocking;
    // Idle in a transaction, it does nothing that could be cancelled.
    const asked = await database.endLockHolder(holder!, 'SIGTERM');
    const ended = await database.endLockHolder(holder!, 'SIGKILL');

    expect([locked.free, locked.blocking.length]).toEqual([false, 1]);
    expect(holder).toMatchObject({ program: 'a migration', role: 'other' });
    expect([asked.released, ended.released]).toEqual([false, true]);
    expect((await waits).rows).toEqual([{ rows: 500 }]);
    await expect(blocker.query('select 1')).rejects.toThrow('connection');
    expect(await database.awaitUnlocked()).toMatchObject({ free: true });
    expect(await database.endLockHolder(holder!, 'SIGKILL')).toMatchObject({ changed: false });
    await reader.end();
  });

  test.for([
    ['pg_dump', {}, 'backup'],
    ['its application', { user: 'app' }, 'application'],
    ['durable-runbooks', {}, 'ours'],
  ] as const)(
    'of %s are let be',
    async (
      [program, more, role],
      { server: { cluster, database: name }, systems: { database } },
    ) => {
      const holder = await cluster.connect({ database: name, application_name: program, ...more });
      await holder.query('begin; lock table indicators in share mode');

      const { blocking } = await database.findLockHolders();

      expect(blocking.map((one) => one.role)).toEqual([role]);
      await expect(database.endLockHolder(blocking[0]!, 'SIGKILL')).rejects.toMatchObject({
        type: 'NotToBeEnded',
      });
      await expect(database.expectUnlocked()).rejects.toMatchObject({ type: 'StillLocked' });
      expect((await holder.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      await holder.end();
    },
  );

  test('are told of readers as none, and damage ends no waiting', async ({
    server,
    systems: { database },
  }) => {
    const { cluster, database: name } = server;
    await server.sql(
      `do $$ begin create role importer login; exception when duplicate_object then end $$; grant all on indicators to importer`,
    );
    const reader = await cluster.connect({ database: name });
    await reader.query('begin; select * from indicators limit 1');

    expect(await database.findLockHolders()).toEqual({
      blocking: [],
      note: 'Nobody keeps others waiting',
    });
    expect(await database.expectUnlocked()).toEqual({ note: 'Free' });
    await expect(
      database.awaitUnlocked({ exists: true, verdict: 'damaged', finding: 'Damaged', bytes: 0 }),
    ).rejects.toMatchObject({ type: 'DatabaseDamaged' });
    await reader.end();
  });
});

describe.skipIf(whyNoPostgres)('upkeep of PostgreSQL', () => {
  test('clears dead rows, informs the planner, and refuses what only a file has', async ({
    server,
    systems: { database },
  }) => {
    await server.sql(
      'alter table indicators set (autovacuum_enabled = off); update indicators set value = value + 1',
    );
    await server.sql('select pg_stat_force_next_flush(), pg_sleep(1)');
    const before = await database.measure();

    const { pieces, changed } = await database.reclaim();
    const after = await database.measure();

    expect([pieces, changed]).toEqual([1, true]);
    expect([before.wasteful, after.freePages]).toEqual([true, 0]);
    expect((await database.analyse()).tables).toBe(1);
    expect(await database.abilities()).toEqual({
      compaction: false,
      checkpoint: false,
      indexes: true,
    });
    await expect(database.checkpoint()).rejects.toMatchObject({ type: 'NotApplicable' });
    expect(await database.expectSound()).toMatchObject({
      checks: ['rows read'],
      unproven: [{ check: 'pg_amcheck' }],
    });
  });

  test('is proven by pg_amcheck where its extension is installed', async ({
    server,
    systems: { database },
  }) => {
    await server.sql(
      'create extension amcheck; grant execute on all functions in schema public to operations',
    );

    expect(await database.examine()).toMatchObject({
      verdict: 'sound',
      finding: 'Sound by pg_amcheck (no index compared): 500 rows in indicators',
    });
    expect(await database.expectSound()).toMatchObject({ checks: ['rows read', 'pg_amcheck'] });
  });
});
