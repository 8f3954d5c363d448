import { existsSync, rmSync } from 'node:fs';
import { describe, expect, vi } from 'vitest';
import { forgetReadings } from '../../src/client/runs/forget/forget-readings.ts';
import { listRuns } from '../../src/client/runs/list-runs.ts';
import { placeOfRunReport } from '../../src/state/run-reports.ts';
import { endingOf } from '../support/ending-of.ts';
import { type Runs, test } from '../support/run.ts';
import { TIMEOUT } from '../support/timeouts.ts';

const DAY = 86_400_000;
/** As many as are kept at any age, and three. */
const MANY = 13;

describe('what only read', () => {
  test('is deleted from Temporal after a week, but for the newest, what has no report, and what acted', async ({
    world,
    runs,
  }) => {
    const { client } = runs;
    const hasReport = (run: string) => existsSync(placeOfRunReport(world, run).json);
    const worker = await runs.serve();
    const kept: string[] = [];
    try {
      for (const runbook of ['daily-backup', 'page-test'])
        kept.push(await done(runs, await runs.start(runbook)));
      kept.push(await done(runs, await due(runs, world.name, 'daily-backup', 0)));
      const hours = Array.from({ length: MANY }, (_, hour) => hour);
      await Promise.all(
        hours.map(async (hour) => done(runs, await due(runs, world.name, 'page-test', hour))),
      );
    } finally {
      await worker.stop();
    }
    await listed(runs, world.name, MANY + 3);
    const { runs: all } = await listRuns(client, { target: world.name });
    const [first, second, third, ...newer] = all
      .filter(({ run }) => run.startsWith('page-test/') && run.includes('/due-'))
      .toSorted((a, b) => a.closedAt!.localeCompare(b.closedAt!))
      .map(({ run }) => run);
    const { json } = placeOfRunReport(world, second!);
    rmSync(json);

    expect(await forgetReadings(client, world, hasReport, Date.now() + 6 * DAY)).toBe(0);
    expect(await forgetReadings(client, world, hasReport, Date.now() + 8 * DAY)).toBe(2);
    // Those that are gone already are listed for a while.
    await forgetReadings(client, world, hasReport, Date.now() + 8 * DAY);
    await listed(runs, world.name, MANY + 1);
    const { runs: left } = await listRuns(client, { target: world.name });
    expect(new Set(left.map(({ run }) => run))).toEqual(new Set([...kept, second, ...newer]));
    for (const gone of [first, third])
      await expect(client.workflow.getHandle(gone!).describe()).rejects.toThrow(/not found/);
    expect(await forgetReadings(client, world, hasReport, Date.now() + 8 * DAY)).toBe(0);
  });
});

/** Starts one as its schedule does. */
async function due({ client, queue }: Runs, target: string, runbook: string, hour: number) {
  const by = { by: 'schedule', because: `schedule ${target}/${runbook}`, automatic: true };
  const at = new Date(Date.UTC(2026, 0, 1, hour)).toISOString().replace('.000', '');
  const { workflowId } = await client.workflow.start(runbook, {
    workflowId: `${runbook}/${target}/due-${at}`,
    taskQueue: queue,
    args: [{ target, input: {}, ...by }],
  });
  return workflowId;
}

async function done(runs: Runs, run: string): Promise<string> {
  expect((await endingOf(runs, run)).outcome).toBe('done');
  return run;
}

/** Temporal lists a second later what has ended, and that something was deleted. */
async function listed({ client }: Runs, target: string, many: number): Promise<void> {
  await vi.waitFor(async () => {
    const { runs } = await listRuns(client, { target });
    expect(runs.filter(({ closedAt }) => closedAt)).toHaveLength(many);
  }, TIMEOUT);
}
