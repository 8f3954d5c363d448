import { describe, expect } from 'vitest';
import { damageDatabase } from '../../src/dev/sample-database.ts';
import { addMark, readMarks } from '../support/marks.ts';
import { backUp, faults, journalMode, recoverWith } from '../support/recovery.ts';
import { test } from '../support/run.ts';

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
