import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openRestoreDirectory } from '../../../src/activities/files/restore/restore-directory.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Stamp } from '../../../src/config/time/stamp.ts';
import { configurationFaults } from '../../faults/worlds/configuration.ts';
import { leftovers } from '../../support/recovery.ts';
import { test } from '../../support/run.ts';
import { example } from '../application-down/example.ts';

/** How the workflow ids begin of those who start runbooks: a person, a schedule, an incident, another run. */
export const starters = {
  'a person': (target: string) => `application-down/${target}/20260105_020000`,
  'a schedule': (target: string) => `application-down/${target}/due-2026-01-05T02:00:00Z`,
  'an incident': (target: string) => `incident/${target}/alert-app/5e1b6a3e/application-down`,
  'another run': (target: string) => `maintenance-window/${target}/20260105_020000/chores.1`,
} as const;

/** A run that was terminated while it placed files, whoever had started it, is cleaned up after. */
export function cleansUpAfter(
  starter: keyof typeof starters,
  recovery: 'repair' | 'database-recovery',
) {
  test(`${recovery} cleans up after a run of ${starter} that was terminated while it placed files`, async ({
    world,
    runs,
  }) => {
    const { output } = (await runs.run('daily-backup')).ending as { output: { backup: string } };
    const placed = Promise.withResolvers<Stamp>();
    const terminated = Promise.withResolvers<void>();
    const worker = await runs.serve(async (activity, work, args) => {
      const result = await work();
      if (activity !== 'files.place') return result;
      placed.resolve(args[0] as Stamp);
      await terminated.promise;
      return result;
    });
    try {
      await example.prepare!(world, runs, output.backup);
      const workflowId = starters[starter](world.name);
      const run = await runs.client.workflow.start('application-down', {
        workflowId,
        taskQueue: runs.queue,
        args: [{ target: world.name, input: { overwrite: 'yes' }, by: 'test' }],
      });
      const stamp = await placed.promise;
      await run.terminate('a fault');
      interruptPlacing(world, stamp);
      terminated.resolve();
    } finally {
      await worker.stop();
    }

    const input = recovery === 'repair' ? {} : { backup: output.backup };
    const { ending } = await runs.run(recovery, input);

    expect(ending).toMatchObject({ outcome: 'done', left: [] });
    expect(configurationFaults(world)).toBe(false);
    expect(leftovers(world)).toEqual([]);
  });
}

/** As a kill leaves it between two files: one is that of the backup, the other is not placed yet. */
function interruptPlacing(world: SqliteTarget, stamp: Stamp): void {
  writeFileSync(join(world.directory, 'app.conf'), 'x');
  openRestoreDirectory(world, stamp).hasCome('placing');
}
