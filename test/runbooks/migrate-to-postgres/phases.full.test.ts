import { existsSync, lstatSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { broken } from '../../support/broken.ts';
import { noteOf, stateOf } from '../../support/maintenance.ts';
import { answerPlan, MIGRATED_ROWS, rehearse, servedBy, test } from '../../support/migrating.ts';
import { whyNoPostgres } from '../../support/postgres.ts';
import { TRIED, writeTrial } from '../../support/trial.ts';

const APPROVED = { approve: ['inspect'], because: 'tested' };

describe.skipIf(whyNoPostgres !== undefined)('migrate-to-postgres', () => {
  test('rehearses while the application runs, and waits for the answers of people', async ({
    world,
    systems,
    runs,
  }) => {
    const before = await systems.runtime.describe();

    const { ending: asked } = await runs.run('migrate-to-postgres');
    answerPlan(world);
    const { ending } = await runs.run('migrate-to-postgres');

    expect(asked).toMatchObject({ outcome: 'failed', failure: { type: 'PlanUnanswered' } });
    expect(asked.failure?.message).toMatch(
      /^4 of 4 questions of the plan have no answer: "virtual table found", /,
    );
    expect(ending).toMatchObject({
      outcome: 'done',
      left: [],
      output: { phase: 'rehearse', tables: 2 },
    });
    expect(
      (ending.output as { promisedMilliseconds: number }).promisedMilliseconds,
    ).toBeGreaterThan(0);
    expect(stateOf(ending, 'stop', 'switch', 'start')).toEqual(['omitted', 'omitted', 'omitted']);
    expect(await systems.runtime.describe()).toEqual(before);
    expect((await servedBy(world))?.engine).toBe('SQLite');
  });

  test('cuts over only to what backups, drills, recoveries and health checks were tried on', async ({
    world,
    runs,
  }) => {
    await rehearse(world, runs);
    writeTrial(
      { ...world, migration: { ...world.migration!, trial: `${world.directory}/other` } },
      TRIED.slice(0, 2),
    );
    world.migration!.trial = `${world.directory}/other`;

    const { ending } = await runs.run('migrate-to-postgres', { phase: 'cut-over' }, APPROVED);

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'Untried' } });
    expect(ending.failure?.message).toMatch(
      /^In the last 30d no run of database-recovery, health-check was done on PostgreSQL/,
    );
  });

  test('cuts over, loses no row of its writer, and goes back with all that came since', async ({
    world,
    systems,
    runs,
  }) => {
    await rehearse(world, runs);
    const { file } = world.database;

    const { ending } = await runs.run('migrate-to-postgres', { phase: 'cut-over' }, APPROVED);

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    const { kept, downtimeMilliseconds } = ending.output as {
      kept: string;
      downtimeMilliseconds: number;
    };
    expect(noteOf(ending, 'prove')).toMatch(
      /^\d+ rows of 2 tables equal, each value to its last bit/,
    );
    expect(downtimeMilliseconds).toBeGreaterThan(0);
    expect((await servedBy(world))?.engine).toBe('PostgreSQL');
    expect(lstatSync(kept).mode & 0o777).toBe(0o400);
    // An application that still opens the old name fails, and makes no empty database.
    expect(() => new Database(file).prepare('select 1 from indicators')).toThrow('not a database');
    await expect(systems.database.examine()).rejects.toThrow('works on PostgreSQL since');
    const { ending: refused } = await runs.run('daily-backup');
    expect(refused.failure?.type).toBe('Migrated');
    const { ending: again } = await runs.run('migrate-to-postgres');
    expect(again.failure?.type).toBe('Migrated');

    const atLeast = (await servedBy(world))!.rows;
    const { ending: back } = await runs.run('migrate-to-postgres', { phase: 'go-back' }, APPROVED);

    expect([back.failure?.message, back.outcome]).toEqual([undefined, 'done']);
    expect(back.output).toMatchObject({ written: true });
    const now = (await servedBy(world))!;
    expect(now.engine).toBe('SQLite');
    expect(now.rows).toBeGreaterThanOrEqual(atLeast);
    expect(existsSync(`${world.state}/migrated.json`)).toBe(false);
    await systems.runtime.stop();
    expectWhole(file);
  });

  test('goes back to SQLite, with what was written, when the application fails on PostgreSQL', async ({
    world,
    runs,
  }) => {
    await rehearse(world, runs);

    const { ending } = await runs.run(
      'migrate-to-postgres',
      { phase: 'cut-over' },
      {
        ...APPROVED,
        around: async (activity, work) => {
          if (activity !== 'migration.proveApplication') return work();
          throw broken('The page fails', 'NotFunctional');
        },
      },
    );

    expect(ending).toMatchObject({ outcome: 'undone', left: [] });
    expect((await servedBy(world))?.engine).toBe('SQLite');
    expect(readFileSync(`${world.directory}/.env`, 'utf8')).toContain('DATABASE_URL=sqlite:');
  });
});

describe.skipIf(whyNoPostgres !== undefined)(
  'migrate-to-postgres of an application that only reads',
  () => {
    const reading = test.extend({ writes: false });

    reading('goes back to the very file of before', async ({ world, runs }) => {
      await rehearse(world, runs);
      const inode = lstatSync(world.database.file).ino;
      await runs.run('migrate-to-postgres', { phase: 'cut-over' }, APPROVED);
      expect(await servedBy(world)).toEqual({ engine: 'PostgreSQL', rows: MIGRATED_ROWS });

      const { ending } = await runs.run('migrate-to-postgres', { phase: 'go-back' }, APPROVED);

      expect(ending).toMatchObject({ outcome: 'done', output: { written: false } });
      expect(await servedBy(world)).toEqual({ engine: 'SQLite', rows: MIGRATED_ROWS });
      expect(lstatSync(world.database.file)).toMatchObject({ ino: inode });
    });
  },
);

/** Its full-text table finds every row, its triggers are there, and no number is given twice. */
function expectWhole(file: string): void {
  const db = new Database(file, { readonly: true });
  const one = (sql: string) => db.prepare(sql).pluck().get();
  expect(one('pragma integrity_check')).toBe('ok');
  expect(one(`select count(*) from found where found match 'written'`)).toBe(
    one(`select count(*) from indicators where region = 'written'`),
  );
  expect(one('select count(*) from indicators')).toBe(
    one('select count(distinct id) from indicators'),
  );
  expect(one('select seq from sqlite_sequence')).toBeGreaterThanOrEqual(
    one('select max(id) from indicators') as number,
  );
  expect(one(`select count(*) from sqlite_schema where type = 'trigger'`)).toBe(3);
  db.close();
}
