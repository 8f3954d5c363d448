import { existsSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { makeWasteful, pragmaOf } from '../../activities/database/support/wasteful.ts';
import { broken } from '../../support/broken.ts';
import {
  gapsIn,
  leftBeside,
  type Maintained,
  noteOf,
  OFFLINE,
  stateOf,
} from '../../support/maintenance.ts';
import { addMark, readMarks } from '../../support/marks.ts';
import { journalMode } from '../../support/recovery.ts';
import { test } from '../../support/run.ts';
import { takeBackup } from '../../support/take-backup.ts';

describe.concurrent('database-maintenance', () => {
  test('does not stop the application outside its window, unless a person says so', async ({
    world,
    systems,
    runs,
  }) => {
    await takeBackup(world);
    makeWasteful(world.database.file, { pages: 800 });
    const before = await systems.runtime.describe();

    const { ending } = await runs.run('database-maintenance');

    expect(ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    expect(stateOf(ending, 'analyse', 'checkpoint', 'space', ...OFFLINE, 'again', 'drop')).toEqual([
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
    await takeBackup(world);
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
    await takeBackup(world);
    await systems.runtime.stop();
    makeWasteful(world.database.file, { pages: 800 });

    const { ending } = await runs.run('database-maintenance');

    expect(ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    expect(stateOf(ending, ...OFFLINE)).toEqual(['omitted', 'done', 'omitted', 'omitted']);
    expect(pragmaOf(world.database.file, 'freelist_count')).toBe(0);
    expect(leftBeside(world)).toEqual([]);
    expect(await systems.runtime.describe()).toMatchObject({ running: false });
  });

  test('does nothing without a backup', async ({ world, runs }) => {
    makeWasteful(world.database.file);

    const { ending } = await runs.run('database-maintenance', { downtime: true });

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'BackupNotFound' } });
    expect(stateOf(ending, 'backup', 'measure', 'compact')).toEqual([
      'failed',
      'unreached',
      'unreached',
    ]);
    expect(pragmaOf(world.database.file, 'freelist_count')).toBeGreaterThan(300);
  });

  test('brings the old file back when the application does not start on the copy', async ({
    world,
    systems,
    runs,
  }) => {
    await takeBackup(world);
    makeWasteful(world.database.file, { pages: 800 });
    addMark(world, 'before');
    let starts = 0;

    const { ending } = await runs.run(
      'database-maintenance',
      { downtime: true },
      {
        around: async (activity, work) => {
          if (activity === 'runtime.start' && (starts += 1) === 1)
            throw broken('The application does not start', 'CannotStart');
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
    await takeBackup(world);
    makeWasteful(world.database.file, { pages: 800 });

    const { ending } = await runs.run('database-maintenance', { downtime: true });

    expect(ending).toMatchObject({ outcome: 'done', left: [] });
    expect(stateOf(ending, 'checkpoint', 'compact')).toEqual(['omitted', 'done']);
    expect(journalMode(world)).toBe('delete');
    expect(gapsIn(world)).toBe(0);
    await systems.http.expectReady();
  });
});
