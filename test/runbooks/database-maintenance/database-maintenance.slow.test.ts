import { describe, expect } from 'vitest';
import { damageDatabase } from '../../../src/dev/demo/sample-database.ts';
import { permanent } from '../../../src/os/failure.ts';
import { makeWasteful, pragmaOf } from '../../activities/database/support/wasteful.ts';
import { gapsIn, leftBeside, type Maintained, rowsIn, stateOf } from '../../support/maintenance.ts';
import { addMark, readMarks } from '../../support/marks.ts';
import { journalMode } from '../../support/recovery.ts';
import { test } from '../../support/run.ts';
import { takeBackup } from '../../support/take-backup.ts';

describe.concurrent('database-maintenance', () => {
  test('compacts a wasteful database with little downtime, and loses no row of its writer', async ({
    world,
    systems,
    runs,
  }) => {
    await takeBackup(world);
    makeWasteful(world.database.file, { pages: 800 });
    addMark(world, 'before');
    const rows: number[] = [];
    let freePages: unknown;

    const { ending } = await runs.run(
      'database-maintenance',
      { downtime: true },
      {
        // All that the application was told is committed is there when it has stopped. The free pages are counted now, too:
        // once it writes to its index again, one of eight compact copies has a free page within 35 rows.
        around: async (activity, work) => {
          if (activity !== 'database.compact') return work();
          rows.push(rowsIn(world));
          const result = await work();
          rows.push(rowsIn(world));
          freePages = pragmaOf(world.database.file, 'freelist_count');
          return result;
        },
      },
    );

    expect(ending).toMatchObject({ outcome: 'done', left: [], notices: [] });
    const output = ending.output as Maintained;
    expect(output.compacted).toBe(true);
    expect(output.bytes.after).toBeLessThan(output.bytes.before / 2);
    expect(output.freePages.before).toBeGreaterThan(700);
    expect(freePages).toBe(0);
    expect(output.freePages.after).toBeLessThan(10);
    expect(output.downtimeMilliseconds).toBeGreaterThan(0);
    expect(rows[1]).toBe(rows[0]);
    expect(rowsIn(world)).toBeGreaterThan(rows[1]!);
    expect(gapsIn(world)).toBe(0);
    expect(readMarks(world)).toEqual(['before']);
    expect(leftBeside(world)).toEqual([]);
    expect(journalMode(world)).toBe('wal');
    await systems.http.expectReady();
  });

  test('leaves a damaged database alone, and says what to start', async ({ world, runs }) => {
    await takeBackup(world);
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

  test('keeps what was written when the application fails after the compaction', async ({
    world,
    systems,
    runs,
  }) => {
    await takeBackup(world);
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
});
