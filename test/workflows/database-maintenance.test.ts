import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { permanent } from '../../src/activities/support/failure.ts';
import { damageDatabase, SAMPLE_TABLE } from '../../src/dev/sample-database.ts';
import type { Target } from '../../src/config/target.ts';
import type { Ending } from '../../src/engine/ending.ts';
import { makeWasteful, pragmaOf } from '../activities/sqlite-support/wasteful.ts';
import { addMark, readMarks } from '../support/marks.ts';
import { journalMode } from '../support/recovery.ts';
import { test } from '../support/run.ts';

interface Maintained {
  readonly bytes: { readonly before: number; readonly after: number };
  readonly freePages: { readonly before: number; readonly after: number };
  readonly compacted: boolean;
  readonly why: string;
  readonly downtimeMilliseconds: number;
}

const OFFLINE = ['stop', 'compact', 'start', 'test'];

function stateOf({ ledger }: Ending, ...ids: string[]): string[] {
  return ids.map((id) => ledger.find((line) => line.id === id)!.state);
}

function noteOf({ ledger }: Ending, id: string): string | undefined {
  return ledger.find((line) => line.id === id)!.note;
}

/** Rows that the application was told are written have numbers without a gap. */
function gapsIn({ database }: Target): number {
  const db = new Database(database.file, { readonly: true, timeout: 5000 });
  const gaps = db.prepare(`select max(id) - count(*) from ${SAMPLE_TABLE}`).pluck().get() as number;
  db.close();
  return gaps;
}

function rowsIn({ database }: Target): number {
  const db = new Database(database.file, { readonly: true, timeout: 5000 });
  const rows = db.prepare(`select count(*) from ${SAMPLE_TABLE}`).pluck().get() as number;
  db.close();
  return rows;
}

/** What the run must not leave beside the database. */
function leftBeside({ database }: Target): string[] {
  const name = basename(database.file);
  return readdirSync(dirname(database.file)).filter((file) => file.startsWith(`${name}.`));
}

describe.concurrent('database-maintenance', () => {
  test('compacts a wasteful database with little downtime, and loses no row of its writer', async ({
    world,
    systems,
    runs,
  }) => {
    await runs.run('daily-backup');
    makeWasteful(world.database.file, { pages: 800 });
    addMark(world, 'before');
    const rows = rowsIn(world);

    const { ending } = await runs.run('database-maintenance', { downtime: true });

    expect(ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    const output = ending.output as Maintained;
    expect(output.compacted).toBe(true);
    expect(output.bytes.after).toBeLessThan(output.bytes.before / 2);
    expect(output.freePages.after).toBe(0);
    expect(output.downtimeMilliseconds).toBeGreaterThan(0);
    expect(rowsIn(world)).toBeGreaterThan(rows);
    expect(gapsIn(world)).toBe(0);
    expect(readMarks(world)).toEqual(['before']);
    expect(leftBeside(world)).toEqual([]);
    expect(journalMode(world)).toBe('wal');
    await systems.http.expectReady();
  });

  test('does not stop the application outside its window, unless a person says so', async ({
    world,
    systems,
    runs,
  }) => {
    await runs.run('daily-backup');
    makeWasteful(world.database.file, { pages: 800 });
    const before = await systems.runtime.describe();

    const { ending } = await runs.run('database-maintenance');

    expect(ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    expect(stateOf(ending, 'analyse', 'fold', 'room', ...OFFLINE, 'again', 'drop')).toEqual([
      'done',
      'done',
      'omitted',
      ...OFFLINE.map(() => 'omitted'),
      'done',
      'omitted',
    ]);
    expect(noteOf(ending, 'stop')).toMatch(
      /^\d\d\.\d % of it is free, but the application is stopped in the maintenance window only/,
    );
    expect(await systems.runtime.describe()).toEqual(before);
  });

  test('gives the pages of an incremental database back while the application runs', async ({
    world,
    systems,
    runs,
  }) => {
    await systems.runtime.stop();
    makeWasteful(world.database.file, { pages: 800, autoVacuum: 'incremental' });
    await systems.runtime.start();
    await systems.http.expectReady();
    await runs.run('daily-backup');
    const before = await systems.runtime.describe();

    const { ending } = await runs.run('database-maintenance', { downtime: true });

    const output = ending.output as Maintained;
    expect(ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    expect(stateOf(ending, 'reclaim', ...OFFLINE)).toEqual([
      'done',
      ...OFFLINE.map(() => 'omitted'),
    ]);
    expect(output.freePages.before).toBeGreaterThan(700);
    expect(output.freePages.after).toBeLessThan(50);
    expect(output.bytes.after).toBeLessThan(output.bytes.before / 2);
    expect(gapsIn(world)).toBe(0);
    expect(await systems.runtime.describe()).toEqual(before);
  });

  test('leaves an application down that was down, and compacts its database at once', async ({
    world,
    systems,
    runs,
  }) => {
    await runs.run('daily-backup');
    await systems.runtime.stop();
    makeWasteful(world.database.file, { pages: 800 });

    const { ending } = await runs.run('database-maintenance');

    expect(ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    expect(stateOf(ending, ...OFFLINE)).toEqual(['omitted', 'done', 'omitted', 'omitted']);
    expect(pragmaOf(world.database.file, 'freelist_count')).toBe(0);
    expect(leftBeside(world)).toEqual([]);
    expect(await systems.runtime.describe()).toMatchObject({ running: false });
  });

  test('leaves a damaged database alone, and says what to start', async ({ world, runs }) => {
    await runs.run('daily-backup');
    damageDatabase(world.database.file, 10);

    const { ending } = await runs.run('database-maintenance', { downtime: true });

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'DatabaseDamaged' } });
    expect(ending.failure?.message).toMatch(/is damaged .*: start database-recovery$/);
    expect(stateOf(ending, 'check', 'reclaim', 'compact')).toEqual([
      'failed',
      'unreached',
      'unreached',
    ]);
    expect(ending.notices).toHaveLength(1);
  });

  test('does nothing without a backup', async ({ world, runs }) => {
    makeWasteful(world.database.file);
    const { size } = statSync(world.database.file);

    const { ending } = await runs.run('database-maintenance', { downtime: true });

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'BackupNotFound' } });
    expect(statSync(world.database.file).size).toBe(size);
  });

  test('keeps what was written when the application fails after the compaction', async ({
    world,
    systems,
    runs,
  }) => {
    await runs.run('daily-backup');
    makeWasteful(world.database.file, { pages: 800 });
    addMark(world, 'before');

    const { ending } = await runs.run(
      'database-maintenance',
      { downtime: true },
      {
        around: async (activity, work) => {
          if (activity !== 'app.prove') return work();
          addMark(world, 'written to the copy');
          throw permanent('NotFunctional', 'The page fails');
        },
      },
    );

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'NotFunctional' } });
    expect(ending.left).toEqual([
      expect.stringMatching(/^The compact copy stays, because .*\.pre-\d{8}_\d{6}"$/),
    ]);
    expect(readMarks(world)).toEqual(['before', 'written to the copy']);
    expect(gapsIn(world)).toBe(0);
    await systems.http.expectReady();
  });

  test('brings the old file back when the application does not start on the copy', async ({
    world,
    systems,
    runs,
  }) => {
    await runs.run('daily-backup');
    makeWasteful(world.database.file, { pages: 800 });
    addMark(world, 'before');
    let starts = 0;

    const { ending } = await runs.run(
      'database-maintenance',
      { downtime: true },
      {
        around: async (activity, work) => {
          if (activity === 'runtime.start' && (starts += 1) === 1)
            throw permanent('CannotStart', 'The application does not start');
          return work();
        },
      },
    );

    expect(ending).toMatchObject({ outcome: 'undone', left: [] });
    expect(readMarks(world)).toEqual(['before']);
    expect(gapsIn(world)).toBe(0);
    expect(pragmaOf(world.database.file, 'freelist_count')).toBeGreaterThan(700);
    expect(leftBeside(world)).toEqual([]);
    expect(existsSync(world.database.file)).toBe(true);
    await systems.http.expectReady();
  });
});

describe('database-maintenance in rollback-journal mode', () => {
  const inRollbackMode = test.extend({ journal: 'DELETE' });

  inRollbackMode('compacts in its own mode', async ({ world, systems, runs }) => {
    await runs.run('daily-backup');
    makeWasteful(world.database.file, { pages: 800 });

    const { ending } = await runs.run('database-maintenance', { downtime: true });

    expect(ending).toMatchObject({ outcome: 'done', left: [] });
    expect(stateOf(ending, 'fold', 'compact')).toEqual(['omitted', 'done']);
    expect(journalMode(world)).toBe('delete');
    expect(gapsIn(world)).toBe(0);
    await systems.http.expectReady();
  });
});
