import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { viewRun } from '../../src/client/runs/view-run.ts';
import { fingerprintOf } from '../../src/config/fingerprint.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { openMaintenance } from '../runbooks/maintenance-window/example.ts';
import { answer, refusal, waiting } from '../support/people.ts';
import { type Runs, test } from '../support/run.ts';

async function ended({ client }: Runs, run: string) {
  await client.workflow.getHandle(run).result();
  return (await viewRun(client, run)).ending!;
}

describe.concurrent('a run keeps the policy it began with, and the next has the new one,', () => {
  test.extend({ approvals: { by: ['operations'], quorum: 2, within: '5m', unproven: 'allow' } })(
    'when the file is edited while it waits for approval: who may, and how many',
    async ({ world, runs }) => {
      const later: SqliteTarget = {
        ...world,
        approvals: { by: ['ops-9'], quorum: 1, within: '5m', unproven: 'allow' },
      };
      const worker = await runs.serve();
      const first = await runs.start('practice', { approve: true });
      const open = await waiting(runs.client, first, 'clear');

      worker.change(later);
      const stranger = await refusal(answer(open, 'approve', { step: 'clear', by: 'ops-9' }));
      await answer(open, 'approve', { step: 'clear', by: 'ops-1' });
      const still = await runs.client.workflow.getHandle(first).describe();
      await answer(open, 'approve', { step: 'clear', by: 'ops-2' });
      const before = await ended(runs, first);
      const second = await runs.start('practice', { approve: true });
      const next = await waiting(runs.client, second, 'clear');
      await answer(next, 'approve', { step: 'clear', by: 'ops-9' });
      const after = await ended(runs, second);
      await worker.stop();

      expect(stranger).toContain('ops-9 (unproven) may not answer for this target');
      expect(still.status.name).toBe('RUNNING');
      expect([before.outcome, before.policy]).toEqual(['done', fingerprintOf(world)]);
      expect([after.outcome, after.policy]).toEqual(['done', fingerprintOf(later)]);
      expect(after.interventions.map(({ by }) => by)).toEqual(['ops-9']);
    },
  );

  test('when the file is edited while a child of it is under way: also those that begin then', async ({
    world,
    runs,
  }) => {
    await openMaintenance(world);
    const elsewhere = join(world.directory, 'elsewhere');
    const later: SqliteTarget = { ...world, backups: { ...world.backups, directory: elsewhere } };
    const worker = await runs.serve(async (activity, work) => {
      const result = await work();
      if (activity === 'backups.snapshot') worker.change(later);
      return result;
    });

    const run = await runs.start('maintenance-window');
    const before = await ended(runs, run);
    const parts = before.ledger.flatMap((line) => line.runs ?? []);
    const children = await Promise.all(parts.map((part) => viewRun(runs.client, part)));
    const after = await ended(runs, await runs.start('daily-backup'));
    await worker.stop();

    const old = fingerprintOf(world);
    expect([before.outcome, before.policy]).toEqual(['done', old]);
    expect(children.length).toBeGreaterThan(2);
    expect(new Set(children.map(({ ending }) => ending!.policy))).toEqual(new Set([old]));
    expect(backupsIn(world.backups.directory)).toBe(1);
    expect([after.outcome, after.policy]).toEqual(['done', fingerprintOf(later)]);
    expect(backupsIn(elsewhere)).toBe(1);
  });
});

function backupsIn(directory: string): number {
  return existsSync(directory) ? readdirSync(directory).length : 0;
}
