import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, vi } from 'vitest';
import { figuresOf } from '../../../src/activities/health/figures-of.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Figure } from '../../../src/figures/figure.ts';
import { openProcessPool } from '../../../src/worker-process/process-pool.ts';
import { canHang, mountHungDisk, NO_HUNG_DISK } from '../../support/hung-disk.ts';
import { targetIn, test as base } from '../../support/target.ts';
import { startWebServer } from './support/web-server.ts';

const test = base.extend<{ served: SqliteTarget }>({
  served: async ({ target }, use) => {
    const { url, process } = await startWebServer();
    const app = { ...target.app, url: `${url}/`, health: `${url}/health`, timeout: '1s' };
    await use({ ...target, app });
    process.kill('SIGKILL');
  },
});

describe('a sample', () => {
  test.for([
    ['the second copy of the backups', 'copy', ['app.health', 'app.page', 'data.rows']],
    ['the database', 'database', ['app.health', 'app.page', 'response.failures']],
  ] as const)(
    'measures the rest while the disk of %s hangs',
    { timeout: 150_000 },
    async ([, what, well], { served, directory, skip }) => {
      skip(!canHang, NO_HUNG_DISK);
      const hung = join(directory, 'hung');
      const unmount = await mountHungDisk(hung);
      const target: SqliteTarget =
        what === 'copy'
          ? { ...served, backups: { ...served.backups, copy: hung } }
          : { ...served, database: { ...served.database, file: join(hung, 'app.db') } };
      const pool = openProcessPool();
      try {
        const begun = performance.now();
        // A process has four threads of Node for files: a fifth sample would find none.
        const samples = what === 'copy' ? [1, 2, 3, 4, 5] : [1, 2];
        for (const sample of samples) {
          const figures = await sampleOf(target, pool);

          const verdicts = Object.fromEntries(figures.map(({ name, verdict }) => [name, verdict]));
          expect(well.map((name) => `${sample} ${name} ${verdicts[name]}`)).toEqual(
            well.map((name) => `${sample} ${name} ok`),
          );
          expect(verdicts[`disk.used ${hung}`]).toBe('unknown');
          expect(figures.find(({ name }) => name === 'disks.hung')).toMatchObject({
            verdict: 'critical',
            note: `The disk of "${hung}" does not answer`,
          });
          expect(verdicts[`disk.used ${target.directory}`]).toBe('ok');
        }
        expect(performance.now() - begun).toBeLessThan(samples.length * 20_000);
      } finally {
        unmount();
        pool.close();
      }
    },
  );

  test('goes on without Docker while that hangs', { timeout: 60_000 }, async ({ directory }) => {
    const programs = join(directory, 'bin');
    mkdirSync(programs);
    writeFileSync(join(programs, 'docker'), '#!/bin/sh\nexec sleep 40\n');
    chmodSync(join(programs, 'docker'), 0o755);
    vi.stubEnv('PATH', `${programs}:${process.env['PATH']}`);
    try {
      const runtime = { kind: 'compose', service: 'app' } as const;
      const begun = performance.now();

      const figures = await figuresOf(targetIn(directory, { runtime }));

      expect(performance.now() - begun).toBeLessThan(20_000);
      expect(figures.find(({ name }) => name === 'app.health')).toMatchObject({
        verdict: 'critical',
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test(
    'calls no application down because its database takes long to be read',
    { timeout: 60_000 },
    async ({ served }) => {
      const db = new Database(served.database.file);
      db.exec(`create view busy as with recursive numbers(n) as
      (select 1 union all select n + 1 from numbers where n < 1500000) select sum(n) as sum from numbers`);
      db.close();
      const database = { ...served.database, keyTable: 'busy' };

      const figures = await figuresOf({ ...served, database }, { slowness: undefined });

      const ofIt = figures.filter(({ name }) => /^(app\.(health|page|hung)|response)/.test(name));
      expect(ofIt.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual(
        ofIt.map(({ name }) => `${name} ok`),
      );
      expect(figures.find(({ name }) => name === 'response.p95')!.value).toBeLessThan(0.5);
      expect(figures.find(({ name }) => name === 'data.query')!.value).toBeGreaterThan(0.1);
    },
  );
});

/** As the worker takes it: in a job process, which can be ended when all of it hangs. */
async function sampleOf(
  target: SqliteTarget,
  pool: ReturnType<typeof openProcessPool>,
): Promise<readonly Figure[]> {
  const deadline = Date.now() + 60_000;
  const job = { target, run: 'sampler/test', activity: 'health.sample', args: [], deadline };
  return (await pool.do(job, AbortSignal.timeout(40_000))) as readonly Figure[];
}
