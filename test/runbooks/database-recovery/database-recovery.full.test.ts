import { describe, expect } from 'vitest';
import { damageDatabase } from '../../../src/dev/demo/sample-database.ts';
import { passing } from '../../../src/os/failure.ts';
import { addMark, readMarks } from '../../support/marks.ts';
import {
  backUp,
  faults,
  journalMode,
  leftovers,
  pidOf,
  recoverWith,
  states,
} from '../../support/recovery.ts';
import { test } from '../../support/run.ts';

const latest = { backup: 'latest' };

describe.concurrent('database-recovery without a database to go back to', () => {
  for (const before of ['damaged', 'empty', 'missing'] as const)
    for (const fault of Object.keys(faults))
      test(`survives ${fault}, when the database before was ${before}`, async ({
        world,
        systems,
        runs,
      }) => {
        const ending = await recoverWith(fault, before, { world, runs });

        expect(ending.outcome).toBe('failed');
        expect(ending.left.join('\n')).toContain('The restored database stays');
        expect((await systems.runtime.describe()).running).toBe(true);
      });
});

describe.concurrent('database-recovery with a database to go back to', () => {
  test('survives a start that never gets ready', async ({ world, systems, runs }) => {
    const ending = await recoverWith('a start that never gets ready', 'sound', { world, runs });

    expect(ending).toMatchObject({ outcome: 'undone', left: [] });
    expect(readMarks(world)).toEqual(['written after the backup']);
    await systems.http.expectReady();
  });

  test('goes on when the application ignores the order to stop, and kills it', async ({
    world,
    systems,
    runs,
  }) => {
    await backUp(runs);
    (world.runtime as { stopGrace: string }).stopGrace = '1s';
    process.kill((await pidOf(systems))!, 'SIGSTOP');

    const { ending } = await runs.run('database-recovery', latest);

    expect(ending.outcome).toBe('done');
    await systems.http.expectReady();
  });

  test('changes nothing when the application cannot be stopped', async ({
    world,
    systems,
    runs,
  }) => {
    await backUp(runs);
    addMark(world, 'written after the backup');

    const { ending } = await runs.run('database-recovery', latest, {
      around: async (activity, work) => {
        if (activity === 'runtime.stop') throw passing('StopHangs', 'Process 42 is still there');
        return work();
      },
    });

    expect(ending).toMatchObject({ outcome: 'undone', failure: { type: 'StopHangs' } });
    expect(states(ending)).toBe(
      'done done undone failed unreached unreached unreached unreached unreached unreached unreached',
    );
    expect(readMarks(world)).toEqual(['written after the backup']);
    expect(leftovers(world)).toEqual([]);
    await systems.http.expectReady();
  });
});

describe.concurrent('database-recovery in rollback-journal mode', () => {
  const inRollbackMode = test.extend({ journal: 'DELETE' });

  inRollbackMode(
    'brings a damaged database back in its own mode',
    async ({ world, systems, runs }) => {
      await backUp(runs);
      damageDatabase(world.database.file, 30);

      const { ending } = await runs.run('database-recovery', latest);

      expect(ending.outcome).toBe('done');
      expect(journalMode(world)).toBe('delete');
      await systems.http.expectReady();
    },
  );

  inRollbackMode(
    'puts a sound database back when the restored one never gets ready',
    async ({ world, systems, runs }) => {
      await backUp(runs);
      addMark(world, 'written after the backup');

      const { ending } = await runs.run('database-recovery', latest, {
        around: faults['a start that never gets ready']!(world),
      });

      expect(ending).toMatchObject({ outcome: 'undone', left: [] });
      expect(readMarks(world)).toEqual(['written after the backup']);
      expect(journalMode(world)).toBe('delete');
      await systems.http.expectReady();
    },
  );
});
