import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { rehearse, servedBy, test } from '../../support/migrating.ts';
import { whyNoPostgres } from '../../support/postgres.ts';

const CUT_OVER = { phase: 'cut-over' };
const APPROVED = { approve: ['inspect'], because: 'tested' };
const MOMENTS = [
  'migration.copy',
  'migration.prove',
  'migration.switchOver',
  'migration.proveApplication',
];

describe.skipIf(whyNoPostgres !== undefined)('a cut-over', () => {
  test.for(MOMENTS)(
    'whose PostgreSQL is killed with -9 in %s ends with one engine that serves, and every row',
    async (activity, { world, cluster, runs }) => {
      await rehearse(world, runs);
      let killed = 0;

      const { ending } = await runs.run('migrate-to-postgres', CUT_OVER, {
        ...APPROVED,
        around: async (type, work) => {
          if (type !== activity || killed > 0) return work();
          killed += 1;
          const done = work();
          done.catch(() => undefined);
          await sleep(30);
          await cluster.crash();
          return done;
        },
      });

      expect(killed).toBe(1);
      const served = await servedBy(world);
      const onPostgres = ending.outcome === 'done';
      expect([ending.failure?.message, served?.engine]).toEqual([
        onPostgres ? undefined : expect.any(String),
        onPostgres ? 'PostgreSQL' : 'SQLite',
      ]);
      expect(isDatabase(world.database.file)).toBe(!onPostgres);
      expect(served!.rows).toBeGreaterThanOrEqual(500);
      const { rows } = await cluster.sql(
        'select count(*)::int as rows from indicators',
        world.migration!.to.database,
      );
      if (onPostgres)
        expect((rows[0] as { rows: number }).rows).toBeGreaterThanOrEqual(served!.rows);
    },
  );

  const large = test.extend({ writes: false });

  large(
    'is down for no more than twice what its rehearsal had promised, and its own stop and start',
    async ({ world, runs, systems }) => {
      await systems.runtime.stop();
      const db = new Database(world.database.file);
      db.exec(`drop trigger found_ai; drop trigger counted;
        insert into indicators (region, value) with recursive n(i) as (select 1 union all select i + 1 from n where i < 200000) select 'row ' || i, i / 3.0 from n`);
      db.close();
      await systems.runtime.start();
      await systems.http.expectReady();
      await rehearse(world, runs);
      const answers: { readonly at: number; readonly ok: boolean }[] = [];
      const asked = { over: false };
      const asking = (async () => {
        while (!asked.over) {
          answers.push({ at: Date.now(), ok: (await servedBy(world)) !== undefined });
          await sleep(20);
        }
      })();

      const { ending } = await runs.run('migrate-to-postgres', CUT_OVER, APPROVED);
      asked.over = true;
      await asking;

      const { promisedMilliseconds, copiedMilliseconds } = ending.output as {
        promisedMilliseconds: number;
        copiedMilliseconds: number;
      };
      const silent = answers.filter(({ ok }) => !ok).map(({ at }) => at);
      const down = silent.at(-1)! - silent[0]!;
      process.stdout.write(
        `promised ${promisedMilliseconds} ms, copied and proven in ${copiedMilliseconds} ms, no answer for ${down} ms\n`,
      );
      expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
      expect(promisedMilliseconds).toBeGreaterThan(500);
      expect(copiedMilliseconds).toBeLessThanOrEqual(2 * promisedMilliseconds);
      expect(down).toBeLessThanOrEqual(2 * promisedMilliseconds + 15_000);
    },
  );
});

function isDatabase(file: string): boolean {
  return readFileSync(file).subarray(0, 15).toString() === 'SQLite format 3';
}
