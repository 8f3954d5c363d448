import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, inject } from 'vitest';
import type { Target } from '../../../src/config/schema/target.ts';
import { startWorkerProcess } from '../../integration/survive-kill.ts';
import { broken } from '../../support/broken.ts';
import { envText, rehearse, servedBy, test } from '../../support/migrating.ts';
import { whyNoPostgres } from '../../support/postgres.ts';

const CUT_OVER = { phase: 'cut-over' };
const APPROVED = { approve: ['inspect'], because: 'tested' };
const MOMENTS = [
  'runtime.stop',
  'migration.copy',
  'migration.prove',
  'migration.switchOver',
  'runtime.start',
  'migration.proveApplication',
];

describe.skipIf(whyNoPostgres !== undefined)('a cut-over', () => {
  test.for(MOMENTS)(
    'goes on when its worker is killed in %s',
    async (activity, { world, runs }) => {
      await rehearse(world, runs);
      const before = (await servedBy(world))!.rows;
      const dying = await startWorkerProcess({
        ...inject('temporal'),
        target: world,
        queue: runs.queue,
        codePath: inject('workflowBundle'),
        kill: { activity, when: 'during' },
      });
      const dead = once(dying, 'exit');
      const run = await runs.start('migrate-to-postgres', CUT_OVER, APPROVED);
      await dead;
      const other = await runs.serve();

      const result = await runs.client.workflow.getHandle(run).result();
      await other.stop();

      expect(result).toMatchObject({ outcome: 'done', left: [] });
      const served = await servedBy(world);
      expect(served).toMatchObject({ engine: 'PostgreSQL' });
      expect(served!.rows).toBeGreaterThanOrEqual(before);
      expect(existsSync(join(world.state, 'migrated.json'))).toBe(true);
      expect(isDatabase(world.database.file)).toBe(false);
    },
  );

  test.for(MOMENTS)(
    'that is terminated after %s leaves one database that serves, and repair brings it',
    async (activity, { world, runs }) => {
      await rehearse(world, runs);
      const before = (await servedBy(world))!.rows;
      let run = '';
      const worker = await runs.serve(async (type, work) => {
        if (type !== activity || run === '') return work();
        await work();
        await runs.client.workflow.getHandle(run).terminate('for the test');
        throw broken('Its run was terminated', 'Dead');
      });
      const id = await runs.start('migrate-to-postgres', CUT_OVER, APPROVED);
      run = id;
      await runs.client.workflow
        .getHandle(id)
        .result()
        .catch(() => {});
      run = '';

      const repaired = await runs.start('repair');
      await runs.client.workflow
        .getHandle(repaired)
        .result()
        .catch(() => {});
      await worker.stop();

      const served = (await servedBy(world))!;
      expect(served.rows).toBeGreaterThanOrEqual(before);
      // The record, the file and the application say the same.
      const onPostgres = existsSync(join(world.state, 'migrated.json'));
      expect(served.engine).toBe(onPostgres ? 'PostgreSQL' : 'SQLite');
      expect(isDatabase(world.database.file)).toBe(!onPostgres);
      expect(readFileSync(join(world.directory, '.env'), 'utf8').includes('sqlite:')).toBe(
        !onPostgres,
      );
    },
  );
});

describe.skipIf(whyNoPostgres !== undefined)('the way back', () => {
  const reading = test.extend({ writes: false });

  reading(
    'brings 1 000 rows, changes and deletions, and all that only SQLite has',
    async ({ world, cluster, runs }) => {
      await rehearse(world, runs);
      await runs.run('migrate-to-postgres', CUT_OVER, APPROVED);
      const { database } = world.migration!.to;
      await cluster.sql(
        `insert into indicators (region, value) select 'new ' || n, n / 3.0 from generate_series(1, 1000) n;
       update indicators set region = 'changed' where id between 10 and 19; delete from indicators where id = 30`,
        database,
      );

      const { ending } = await runs.run('migrate-to-postgres', { phase: 'go-back' }, APPROVED);

      expect(ending).toMatchObject({
        outcome: 'done',
        output: { written: true, rows: { written: 1010, removed: 11 } },
      });
      expect(await servedBy(world)).toEqual({ engine: 'SQLite', rows: 1499 });
      const db = new Database(world.database.file, { readonly: true });
      const one = (sql: string) => db.prepare(sql).pluck().get();
      expect(one(`select count(*) from found where found match 'changed'`)).toBe(10);
      expect(one(`select count(*) from found where found match 'new'`)).toBe(1000);
      expect(one(`select count(*) from found where rowid = 30`)).toBe(0);
      // What its other trigger does, it does for the application only.
      expect(one('select count(*) from changes')).toBe(500);
      expect(one('pragma integrity_check')).toBe('ok');
      db.close();
    },
  );

  reading(
    'is refused while somebody is connected to PostgreSQL, and changes nothing',
    async ({ world, cluster, runs }) => {
      await rehearse(world, runs);
      await runs.run('migrate-to-postgres', CUT_OVER, APPROVED);
      const stranger = await cluster.connect({ database: world.migration!.to.database! });

      const { ending } = await runs.run('migrate-to-postgres', { phase: 'go-back' }, APPROVED);
      await stranger.end();

      expect(ending.failure?.type).toBe('DatabaseInUse');
      expect((await servedBy(world))?.engine).toBe('PostgreSQL');
      expect(readFileSync(join(world.directory, '.env'), 'utf8')).not.toBe(
        envText(`sqlite:${world.database.file}`, false),
      );
    },
  );
});

function isDatabase(file: Target['directory']): boolean {
  return readFileSync(file).subarray(0, 15).toString() === 'SQLite format 3';
}
