import { describe, expect, vi } from 'vitest';
import { viewRun } from '../../src/client/runs/view-run.ts';
import type { Ledger } from '../../src/engine/run/ledger.ts';
import { type Runs, test } from '../support/run.ts';
import { takeBackup } from '../support/take-backup.ts';
import { TIMEOUT } from '../support/timeouts.ts';

describe.concurrent('a target that another run holds', () => {
  test('is waited for', async ({ runs }) => {
    let second = '';

    const { ending } = await runs.run(
      'practice',
      {},
      {
        around: slowly,
        meanwhile: async (run) => {
          await inStep(runs, run, 'clear');
          second = await runs.start('practice');
          await runs.client.workflow.getHandle(run).result();
          await runs.client.workflow.getHandle(second).result();
        },
      },
    );

    const { ending: later } = await viewRun(runs.client, second);
    expect([ending.outcome, later?.outcome]).toEqual(['done', 'done']);
    expect(later!.ledger[0]!.startedAt! >= ending.ledger.at(-1)!.finishedAt!).toBe(true);
  });

  test('makes a runbook that gives way end as skipped, and tell', async ({ runs }) => {
    let second = '';

    await runs.run(
      'practice',
      {},
      {
        around: slowly,
        meanwhile: async (run) => {
          await inStep(runs, run, 'clear');
          second = await runs.start('courteous');
          await runs.client.workflow.getHandle(second).result();
        },
      },
    );

    const { ending } = await viewRun(runs.client, second);
    expect(ending).toMatchObject({ outcome: 'skipped' });
    expect(ending!.notices[0]!.message).toMatch(/Skipped: ".*" is held by "practice\//);
  });

  test('is left by a run that a recovery asks to stop, all undone', async ({
    world,
    runs,
    systems,
  }) => {
    await takeBackup(world);
    let recovery = '';

    const { ending } = await runs.run(
      'practice',
      {},
      {
        around: slowly,
        meanwhile: async (run) => {
          await inStep(runs, run, 'clear');
          recovery = await runs.start('database-recovery', { backup: 'latest' });
          await runs.client.workflow.getHandle(recovery).result();
        },
      },
    );

    const { ending: recovered } = await viewRun(runs.client, recovery);
    expect(ending).toMatchObject({ outcome: 'stopped', left: [] });
    expect(ending.ledger[1]).toMatchObject({ id: 'clear', state: 'undone' });
    expect(recovered?.outcome).toBe('done');
    await systems.http.expectReady();
  });

  test('is taken over by a recovery from a run that was terminated, and refused to others', async ({
    world,
    runs,
  }) => {
    await takeBackup(world);
    let [refused, recovery] = ['', ''];

    await runs.run(
      'courteous',
      {},
      {
        meanwhile: async (run) => {
          await runs.client.workflow.getHandle(run).result();
          const dead = await runs.start('practice', {
            parts: ['1', '2', '3', '4', '5', '6', '7', '8'],
          });
          await inStep(runs, dead, 'inspect');
          await runs.client.workflow.getHandle(dead).terminate('a test');
          refused = await runs.start('practice');
          await runs.client.workflow
            .getHandle(refused)
            .result()
            .catch(() => {});
          recovery = await runs.start('database-recovery', { backup: 'latest' });
          await runs.client.workflow.getHandle(recovery).result();
        },
        around: async (activity, work) => {
          if (activity === 'runtime.describe')
            await new Promise((settle) => setTimeout(settle, 500));
          return work();
        },
      },
    );

    const { ending: refusal } = await viewRun(runs.client, refused);
    const { ending: recovered } = await viewRun(runs.client, recovery);
    expect(refusal).toMatchObject({ outcome: 'failed', failure: { type: 'TargetIncomplete' } });
    expect(recovered?.outcome).toBe('done');
    expect(recovered?.notices[0]?.message).toMatch(/Took the target over from "practice\//);
  });
});

async function slowly(activity: string, work: () => Promise<unknown>): Promise<unknown> {
  if (activity === 'redis.clearPrefix') await new Promise((settle) => setTimeout(settle, 1500));
  return work();
}

async function inStep({ client }: Runs, run: string, step: string): Promise<void> {
  await vi.waitFor(async () => {
    const ledger = await client.workflow.getHandle(run).query<Ledger>('ledger');
    expect(ledger.find(({ id }) => id === step)?.state).toBe('running');
  }, TIMEOUT);
}
