import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { viewRun } from '../../src/client/runs/view-run.ts';
import { fingerprintOf } from '../../src/config/fingerprint.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { runMarkdown } from '../../src/report/run/run-markdown.ts';
import { type Runs, test } from '../support/run.ts';

/** The same target, as its file says after an edit. */
function edited(world: SqliteTarget): SqliteTarget {
  return { ...world, backups: { ...world.backups, directory: join(world.directory, 'elsewhere') } };
}

function backupsIn({ backups: { directory } }: SqliteTarget): number {
  return existsSync(directory) ? readdirSync(directory).length : 0;
}

async function ended({ client }: Runs, run: string) {
  await client.workflow.getHandle(run).result();
  return (await viewRun(client, run)).ending!;
}

describe('a run', () => {
  test('keeps the policy it began with, and its report says which', async ({ world, runs }) => {
    const later = edited(world);
    const worker = await runs.serve(async (activity, work) => {
      const result = await work();
      if (activity === 'backups.snapshot') worker.change(later);
      return result;
    });

    const first = await ended(runs, await runs.start('daily-backup'));
    const second = await ended(runs, await runs.start('daily-backup'));
    await worker.stop();

    expect([first.outcome, first.policy]).toEqual(['done', fingerprintOf(world)]);
    expect([second.outcome, second.policy]).toEqual(['done', fingerprintOf(later)]);
    expect([backupsIn(world), backupsIn(later)]).toEqual([1, 1]);
    const view = await viewRun(runs.client, first.run);
    expect(runMarkdown({ ...view, source: 'run' })).toContain(fingerprintOf(world));
  });

  test('keeps it when its worker is another one, which began with the new file', async ({
    world,
    runs,
  }) => {
    const seen = Promise.withResolvers<void>();
    const first = await runs.serve(async (activity, work) => {
      // Nobody answers any more: the next worker does it.
      if (activity === 'backups.store') {
        seen.resolve();
        throw new Error('This worker is about to be replaced');
      }
      return work();
    });
    const run = await runs.start('daily-backup');
    await seen.promise;
    await first.stop();
    const before = { ...world };

    Object.assign(world, edited(world));
    const second = await runs.serve();
    const ending = await ended(runs, run);
    await second.stop();

    expect([ending.outcome, ending.policy]).toEqual(['done', fingerprintOf(before)]);
    expect([backupsIn(before), backupsIn(world)]).toEqual([1, 0]);
  });

  test('goes on by the policy of today where its own is kept nowhere', async ({ world, runs }) => {
    const seen = Promise.withResolvers<void>();
    const first = await runs.serve(async (activity, work) => {
      if (activity === 'backups.snapshot') {
        seen.resolve();
        throw new Error('This worker is about to be replaced');
      }
      return work();
    });
    const run = await runs.start('daily-backup');
    await seen.promise;
    await first.stop();

    rmSync(join(world.state, 'policies'), { recursive: true });
    Object.assign(world, { governor: { automatic: '7 per hour' } });
    const second = await runs.serve();
    const ending = await ended(runs, run);
    await second.stop();

    expect(ending.outcome).toBe('done');
  });
});
