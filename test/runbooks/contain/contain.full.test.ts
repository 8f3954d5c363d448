import { describe, expect } from 'vitest';
import { damageDatabase } from '../../../src/dev/demo/sample-database.ts';
import { whileLocked } from '../../activities/database/support/while-locked.ts';
import { impatient, stateOf } from '../../support/locked.ts';
import { addMark, readMarks } from '../../support/marks.ts';
import { onOneWorker } from '../../support/on-one-worker.ts';
import { backUp } from '../../support/recovery.ts';
import { type Runs, test } from '../../support/run.ts';

const rotated = test.extend({
  maintenance: async ({}, use) => {
    const start = new Date(Date.now() - 60_000).toISOString().slice(11, 16);
    const window = { calendar: 'daily', start, duration: '2h', cutoff: '30m', timezone: 'UTC' };
    await use({ window, chores: [] });
  },
});

describe.concurrent('an application that is contained', () => {
  test('stays down whatever is done about its database, and runs on the recovered one when it is lifted', async ({
    world,
    systems,
    runs,
  }) => {
    impatient(world);
    await backUp(runs);
    addMark(world, 'since the backup');

    const { slow, locked, issue, system, running, lifted } = await onOneWorker(
      runs,
      async (play) => {
        await play('contain', { reason: 'its rows vanish' });
        const before = {
          slow: await play('performance-degraded', { clear: 'yes' }),
          locked: await play('database-locked'),
        };
        damageDatabase(world.database.file, 30);
        return {
          ...before,
          issue: await play('database-issue', { overwrite: 'yes' }),
          system: await play('system-recovery', { configuration: 'keep' }),
          running: (await systems.runtime.describe()).running,
          lifted: await play('lift-containment'),
        };
      },
    );

    const contained = expect.stringMatching(
      /^Contained by test since .* because its rows vanish: /,
    );
    const ends = [slow, locked, issue, system, lifted].map(({ runbook, outcome, failure }) => [
      runbook,
      failure?.message ?? outcome,
    ]);
    expect(ends.filter(([, how]) => how !== 'done')).toEqual([]);
    expect(slow.output).toMatchObject({ diagnosis: contained, tried: [] });
    expect(locked.output).toMatchObject({ evidence: expect.arrayContaining([contained]) });
    expect(stateOf(locked, 'restart', 'test')).toEqual(['omitted', 'omitted']);
    expect(issue.output).toMatchObject({
      contained,
      helped: 'database-recovery',
      recovered: { proof: contained },
    });
    expect(system.output).toMatchObject({ proof: contained });
    expect(running).toBe(false);
    expect(readMarks(world)).toEqual([]);
    expect((await systems.app.prove()).rows).toBeGreaterThan(0);
  });

  test('is stopped by a repair when a run was terminated while it lifted that', async ({
    systems,
    runs,
  }) => {
    await containIn(runs);
    let atProof = (): void => {};
    const begun = new Promise<void>((settle) => (atProof = settle));
    const worker = await runs.serve(async (activity, work) => {
      if (activity === 'app.prove') atProof();
      return work();
    });
    const lifting = await runs.start('lift-containment');
    await begun;
    const handle = runs.client.workflow.getHandle(lifting);
    await handle.terminate('a test');
    await worker.stop();
    const ran = (await systems.runtime.describe()).running;

    const { ending } = await runs.run('repair');

    expect(ran).toBe(true);
    expect(ending).toMatchObject({ outcome: 'done', output: { started: false } });
    expect(ending.ledger.find(({ id }) => id === 'start')?.note).toMatch(
      /^It stays down\. Contain/,
    );
    expect(await systems.runtime.describe()).toMatchObject({ running: false });
    expect((await systems.containment.find()).contained?.by).toBe('test');
  });

  test('that was down before stays down when it is lifted', async ({ systems, runs }) => {
    await systems.runtime.stop();
    await containIn(runs);

    const { ending } = await runs.run('lift-containment');

    expect(ending).toMatchObject({ outcome: 'done', output: { started: false } });
    expect(stateOf(ending, 'start', 'test', 'remove')).toEqual(['omitted', 'omitted', 'done']);
    expect(await systems.runtime.describe()).toMatchObject({ running: false });
    expect(await systems.containment.find()).toEqual({});
  });

  rotated(
    'stays down through a maintenance window, and is not booted by a drill',
    async ({ systems, runs }) => {
      const { ending, drill } = await onOneWorker(runs, async (play) => {
        await play('contain', { reason: 'its rows vanish' });
        return { ending: await play('maintenance-window'), drill: await play('restore-drill') };
      });

      expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
      expect(ending.output).toMatchObject({ proof: expect.stringMatching(/^Contained by test /) });
      expect(stateOf(ending, 'optimise', 'start', 'test')).toEqual(['done', 'done', 'omitted']);
      expect(drill).toMatchObject({ outcome: 'done', output: { verdict: 'inconclusive' } });
      expect(stateOf(drill, 'prove', 'boot')).toEqual(['done', 'omitted']);
      expect(await systems.runtime.describe()).toMatchObject({ running: false });
    },
  );

  test('reports others that still use its database', async ({ world, systems, runs }) => {
    const { result } = await whileLocked(world, { how: 'reads' }, () =>
      runs.run('contain', { reason: 'its rows vanish' }),
    );

    expect(result.ending).toMatchObject({ outcome: 'done', left: [] });
    expect(stateOf(result.ending, 'prove', 'others')).toEqual(['done', 'failed']);
    expect(result.ending.notices[0]?.message).toMatch(
      /\nWent on without "Find who else uses its database".*Open in importer \(process \d+\)/,
    );
    expect((await systems.containment.find()).contained?.ran).toBe(true);
  });
});

async function containIn(runs: Runs): Promise<void> {
  const { ending } = await runs.run('contain', { reason: 'its rows vanish' });
  if (ending.outcome !== 'done') throw new Error(ending.failure?.message);
}
