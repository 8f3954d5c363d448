import { describe, expect, vi } from 'vitest';
import type { Figure } from '../../../src/figures/figure.ts';
import { startCluster, whyNoPostgres } from '../../support/postgres.ts';
import { test } from '../../support/postgres-target.ts';

const archiving = test.extend({
  // oxlint-disable-next-line no-empty-pattern
  cluster: [
    async ({}, use) => {
      const cluster = await startCluster(['archive_mode=on']);
      // Not by the command line, which would count more than what is set later.
      await cluster.sql("alter system set archive_command = 'true'");
      await cluster.sql('select pg_reload_conf()');
      await use(cluster);
      await cluster.stop();
    },
    { scope: 'file' },
  ],
});

describe.skipIf(whyNoPostgres)('health of PostgreSQL', () => {
  archiving(
    'is critical as soon as archive_command fails, and well again after it',
    async ({ server, systems, world }) => {
      await systems.runtime.start();
      await systems.http.expectReady();
      const verdicts = async (name: string) => {
        const figures = await systems.health.sample({});
        return figures
          .filter((figure: Figure) => figure.name === name)
          .map(({ verdict }: Figure) => verdict);
      };
      const all = await systems.health.sample({});
      expect(
        all.filter(
          ({ name, verdict }: Figure) =>
            /^(data|database)\./.test(name) && !['ok', 'not applicable'].includes(verdict),
        ),
      ).toEqual([]);
      expect(all.map(({ name }: Figure) => name)).toEqual(
        expect.arrayContaining([
          'data.rows',
          'database.size',
          'database.xid',
          'database.slots',
          'database.archiver',
        ]),
      );

      await server.sql("alter system set archive_command = 'false'");
      await server.sql('select pg_reload_conf()');
      await server.sql('insert into indicators (region) values (1)');
      await server.sql('select pg_switch_wal()');
      await vi.waitFor(
        async () => expect(await verdicts('database.archiver')).toEqual(['critical']),
        { timeout: 60_000, interval: 1000 },
      );
      await server.sql("alter system set archive_command = 'true'");
      await server.sql('select pg_reload_conf()');
      await vi.waitFor(async () => expect(await verdicts('database.archiver')).toEqual(['ok']), {
        timeout: 90_000,
        interval: 1000,
      });
      expect(world.database.kind).toBe('postgres');
    },
  );
});
