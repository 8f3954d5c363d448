import { existsSync, readdirSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { viewRun } from '../../../src/client/runs/view-run.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { addMark, readMarks } from '../../support/marks.ts';
import { onOneWorker } from '../../support/on-one-worker.ts';
import { leftovers } from '../../support/recovery.ts';
import { type Runs, test } from '../../support/run.ts';
import { takeBackup } from '../../support/take-backup.ts';

describe.concurrent('repair', () => {
  for (const [activity, is] of [
    ['database.stage', 'old'],
    ['database.keep', 'old'],
    ['database.swap', 'old or new'],
    ['runtime.start', 'new'],
  ] as const)
    test(`puts right a recovery that was terminated in "${activity}"`, async ({
      world,
      systems,
      runs,
    }) => {
      await takeBackup(world);
      addMark(world, 'written after the backup');

      const { ending } = await terminateAndRepair(
        runs,
        'database-recovery',
        { backup: 'latest' },
        activity,
      );

      expect(ending).toMatchObject({ outcome: 'done', left: [] });
      expect((ending!.output as { repaired: string[] }).repaired[0]).toMatch(
        /^database-recovery\//,
      );
      const old = ['written after the backup'];
      expect({ old: [old], new: [[]], 'old or new': [old, []] }[is]).toContainEqual(
        readMarks(world),
      );
      expect(leftovers(world)).toEqual([]);
      await systems.http.expectReady();
    });

  test('removes the copy of a backup that was terminated, and backups go on', async ({
    world,
    runs,
  }) => {
    const { ending } = await terminateAndRepair(runs, 'daily-backup', {}, 'backups.verify');

    expect(ending).toMatchObject({ outcome: 'done', output: { started: false } });
    expect(unfinished(world)).toEqual([]);
    const { ending: backup } = await runs.run('daily-backup');
    expect(backup.outcome).toBe('done');
  });

  test('comes after the containment of what was left incomplete, and before its end', async ({
    world,
    systems,
    runs,
  }) => {
    await takeBackup(world);
    await terminateIn(runs, 'database-recovery', { backup: 'latest' }, 'database.swap');

    const outcomes = await onOneWorker(runs, async (play) => ({
      contained: await play('contain', { reason: 'its rows vanish' }),
      early: await play('lift-containment'),
      repaired: await play('repair'),
      down: !(await systems.runtime.describe()).running,
      lifted: await play('lift-containment'),
    }));

    const { contained, early, repaired, down, lifted } = outcomes;
    expect([contained, repaired, lifted].map(({ outcome }) => outcome)).toEqual([
      'done',
      'done',
      'done',
    ]);
    expect(early).toMatchObject({ outcome: 'failed', failure: { type: 'TargetIncomplete' } });
    expect(down).toBe(true);
    expect(leftovers(world)).toEqual([]);
    await systems.http.expectReady();
  });

  test('finds nothing to put right where nothing was left', async ({ runs }) => {
    const { ending } = await runs.run('repair');

    expect(ending.outcome).toBe('done');
    expect(ending.ledger.map(({ state }) => state)).toEqual([
      'omitted',
      'omitted',
      'done',
      'done',
      'done',
    ]);
  });
});

/** Terminates a run when it comes to an activity, whose work goes on, and repairs its target. */
async function terminateAndRepair(runs: Runs, runbook: string, input: object, activity: string) {
  let repair = '';
  await terminateIn(runs, runbook, input, activity, async () => {
    repair = await runs.start('repair');
    await runs.client.workflow.getHandle(repair).result();
  });
  return viewRun(runs.client, repair);
}

async function terminateIn(
  runs: Runs,
  runbook: string,
  input: object,
  activity: string,
  then = async (): Promise<void> => {},
) {
  let reached = (): void => {};
  const atActivity = new Promise<void>((settle) => (reached = settle));
  await runs.run(
    'courteous',
    {},
    {
      around: async (type, work) => {
        if (type === activity) {
          reached();
          await new Promise((settle) => setTimeout(settle, 300));
        }
        return work();
      },
      meanwhile: async (first) => {
        await runs.client.workflow.getHandle(first).result();
        const run = await runs.start(runbook, input);
        await atActivity;
        await runs.client.workflow.getHandle(run).terminate('a test');
        await then();
      },
    },
  );
}

function unfinished({ backups }: SqliteTarget): string[] {
  return existsSync(backups.directory)
    ? readdirSync(backups.directory).filter((name) => name.endsWith('.part'))
    : [];
}
