import { describe, expect } from 'vitest';
import { whyNoPostgres } from '../../support/postgres.ts';
import { test } from './on-temporal.ts';

describe.skipIf(whyNoPostgres)('runbooks on PostgreSQL', () => {
  test('daily-backup and database-recovery bring a dropped table back', async ({
    server,
    runs,
    systems,
  }) => {
    const { ending: made } = await runs.run('daily-backup');
    expect([made.failure?.message, made.outcome]).toEqual([undefined, 'done']);
    await server.sql('drop table indicators');
    expect(await systems.http.isReady()).toBe(false);

    const { ending } = await runs.run('database-recovery', { backup: 'latest' });

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending).toMatchObject({ left: [], output: { integrity: 'ok' } });
    const { rows, downtimeMilliseconds } = ending.output as {
      rows: { restored: number };
      downtimeMilliseconds: number;
    };
    expect(rows.restored).toBeGreaterThanOrEqual(500);
    expect(downtimeMilliseconds).toBeGreaterThan(0);
    await systems.http.expectReady();
    expect(await server.rows()).toBeGreaterThanOrEqual(rows.restored);
  });
});
