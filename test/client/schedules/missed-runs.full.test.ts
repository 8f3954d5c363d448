import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, vi } from 'vitest';
import { missedRuns } from '../../../src/client/schedules/missed-runs.ts';
import { pauseSchedule } from '../../../src/client/schedules/pause-schedule.ts';
import { syncSchedules } from '../../../src/client/schedules/sync-schedules.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Ending } from '../../../src/engine/run/ending.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { type Runs, test } from '../../support/run.ts';

const HOUR = 3_600_000;

describe('a run that its schedule started', () => {
  test('is skipped and reported when the worker came too late, done when it came in time, and missed when there is none', async ({
    world,
    runs,
  }) => {
    // Half a day from now: it does not come while the test runs.
    const target = dueAt(world, Date.now() + 12 * HOUR);
    const { client, queue } = runs;
    const id = `${world.name}/daily-backup`;
    await syncSchedules(client, [target], { queue });
    try {
      expect(await missedRuns(client, [target])).toEqual([]);

      // Nobody serves at the times at which they were due.
      const late = await startedAt(runs, world, Date.now() - 30 * HOUR);
      const skipped = await served(runs, late);
      expect(skipped).toMatchObject({
        outcome: 'skipped',
        by: 'schedule',
        because: `schedule ${id}`,
      });
      expect(skipped.notices[0]!.message).toContain('Skipped: it was due at ');
      expect(await sentences(runs, target, 26)).toEqual([
        expect.stringMatching(
          /^no daily-backup of \S+ yet: it was due at \S+ \S+ UTC, and none was started$/,
        ),
      ]);

      const [older] = await missedRuns(client, [target], { now: new Date(Date.now() + 74 * HOUR) });
      const days = older!.missing!.map((time) => Date.parse(time));
      expect(older!.sentence).toMatch(
        /^no \S+ of \S+ yet: it was due at \S+ \S+ UTC, and none was started, nor at \S+ \S+ UTC, \S+ \S+ UTC$/,
      );
      expect(days).toEqual([0, 24, 48].map((hours) => Date.parse(older!.due!) - hours * HOUR));

      const inTime = await startedAt(runs, world, Date.now() - 2 * HOUR);
      expect(inTime.workflowId).toMatch(
        new RegExp(`^daily-backup/${world.name}/due-\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:00Z$`),
      );
      const [due] = (await inTime.describe()).searchAttributes['TemporalScheduledStartTime'] ?? [];
      expect(due).toBeInstanceOf(Date);
      expect(await served(runs, inTime)).toMatchObject({ outcome: 'done' });

      expect(await sentences(runs, target, 24)).toEqual([]);
      expect(await sentences(runs, target, 26)).toEqual([
        expect.stringMatching(
          /^no daily-backup of \S+ since 26 h: it was due at .*, and none was started$/,
        ),
      ]);
      await pauseSchedule(client, id, 'pause', { by: 'ann', because: 'new disk' });
      expect(await sentences(runs, target, 26)).toEqual([
        expect.stringContaining('and its schedule is paused (Paused by ann: new disk)'),
      ]);
    } finally {
      await client.schedule.getHandle(id).delete();
    }
    expect(await sentences(runs, target, 26)).toEqual([
      `no daily-backup of ${world.name}: Temporal has no schedule "${id}"`,
    ]);
  });
});

test('with a jitter is not missed because it began later than its hour', async ({
  world,
  runs,
}) => {
  const { client, queue } = runs;
  const target: SqliteTarget = {
    ...world,
    schedules: { 'daily-backup': { at: 'hourly', jitter: '40m', paused: false } },
  };
  await syncSchedules(client, [target], { queue });
  const handle = client.schedule.getHandle(`${world.name}/daily-backup`);
  const hour = Math.ceil(Date.now() / HOUR) * HOUR + HOUR;
  try {
    // Those of three hours begin, and of the two before and after none.
    await handle.backfill({
      start: new Date(hour),
      end: new Date(hour + 3 * HOUR - 1),
      overlap: 'ALLOW_ALL',
    });
    await vi.waitFor(
      async () => expect((await handle.describe()).info.numActionsTaken).toBe(3),
      TIMEOUT,
    );
    const query = `WorkflowId STARTS_WITH 'daily-backup/${world.name}/due-'`;
    await vi.waitFor(
      async () => expect((await client.workflow.count(query)).count).toBe(3),
      TIMEOUT,
    );
    const now = new Date(hour + 5 * HOUR + HOUR / 2);
    const [missed] = await missedRuns(client, [target], { now });
    const hours = missed!.missing!.map((time) => Math.floor((Date.parse(time) - hour) / HOUR));
    expect(hours.filter((one) => one >= 0 && one < 3)).toEqual([]);
    expect(hours).toEqual(expect.arrayContaining([-1, 3]));
  } finally {
    for await (const { workflowId } of client.workflow.list({
      query: `WorkflowId STARTS_WITH 'daily-backup/${world.name}/'`,
    }))
      await client.workflow.getHandle(workflowId).terminate();
    await handle.delete();
  }
});

function dueAt(world: SqliteTarget, time: number): SqliteTarget {
  const at = new Date(time).toISOString().slice(11, 16);
  return { ...world, schedules: { 'daily-backup': at } };
}

/** Lets the schedule start what was due at `time`: it does by itself what a backfill makes it do here. */
async function startedAt(runs: Runs, world: SqliteTarget, time: number): Promise<WorkflowHandle> {
  const { client, queue } = runs;
  await syncSchedules(client, [dueAt(world, time)], { queue });
  const handle = client.schedule.getHandle(`${world.name}/daily-backup`);
  const before = (await handle.describe()).info.numActionsTaken;
  const minute = new Date(Math.floor(time / 60_000) * 60_000);
  await handle.backfill({ start: minute, end: minute, overlap: 'ALLOW_ALL' });
  return vi.waitFor(async () => {
    const { info } = await handle.describe();
    expect(info.numActionsTaken).toBe(before + 1);
    return client.workflow.getHandle(info.recentActions.at(-1)!.action.workflow.workflowId);
  }, TIMEOUT);
}

async function served(runs: Runs, run: WorkflowHandle): Promise<Ending> {
  const worker = await runs.serve();
  try {
    const ending = (await run.result()) as Ending;
    await listed(runs, run);
    return ending;
  } finally {
    await worker.stop();
  }
}

/** Temporal lists that a run has ended about a second later. */
async function listed({ client }: Runs, { workflowId }: WorkflowHandle): Promise<void> {
  const query = `WorkflowId = '${workflowId}' AND ExecutionStatus = 'Completed'`;
  await vi.waitFor(async () => expect((await client.workflow.count(query)).count).toBe(1), TIMEOUT);
}

/** What is missing so many hours from now. */
async function sentences(runs: Runs, target: SqliteTarget, hours: number): Promise<string[]> {
  const now = new Date(Date.now() + hours * HOUR);
  return (await missedRuns(runs.client, [target], { now })).map(({ sentence }) => sentence);
}
