import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { describe, expect, inject, vi } from 'vitest';
import { grpcCompressionFor } from '../../src/client/connection/grpc-compression-for.ts';
import { targetQueue } from '../../src/config/queues.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { startWorker } from '../../src/worker.ts';
import { openPolicies } from '../../src/worker/policies.ts';
import { openTargetActivities } from '../../src/worker/target-activities.ts';
import { openProcessPool } from '../../src/worker-process/process-pool.ts';
import { built } from '../support/built.ts';
import { changed } from '../support/changed.ts';
import { endingOf } from '../support/ending-of.ts';
import { type Runs, test } from '../support/run.ts';
import { TIMEOUT } from '../support/timeouts.ts';

const PROBE = 'target.expectActivity';

describe('an activity that the worker beside the target does not have', () => {
  test('is waited for and told once, and undoes nothing: the run goes on when that worker is upgraded', async ({
    world,
    runs,
  }) => {
    // As it was before either was there.
    const before = await serveWithout(['backups.snapshot', PROBE], world, runs);
    const run = await runs.start('daily-backup');
    const calls = () => callsOf(runs, run);
    await vi.waitFor(async () => expect(await calls()).toContain(PROBE), TIMEOUT);
    await sleep(5000);

    const waiting = await calls();
    await before.stop();
    const begun = performance.now();
    const after = await runs.serve();
    const { outcome, notices, ledger } = await endingOf(runs, run);
    const taken = performance.now() - begun;
    await after.stop();

    expect(waiting.filter((type) => type === PROBE)).toHaveLength(1);
    expect(waiting.at(-1)).toBe(PROBE);
    expect(taken).toBeLessThan(30_000);
    expect(outcome).toBe('done');
    expect(ledger.some(({ state }) => state === 'undone' || state === 'left')).toBe(false);
    expect(notices.map(({ message }) => message)).toEqual([
      expect.stringContaining(
        `The worker beside ${world.name} does not have "backups.snapshot": it is of another version than this run. Upgrade it. The run waits, and goes on by itself`,
      ),
    ]);
    expect((await calls()).filter((type) => type === 'backups.snapshot')).toHaveLength(2);
  });

  test('is waited for, too, where a worker of this version can say that it has none', async ({
    world,
    runs,
  }) => {
    const code = readFileSync(inject('workflowBundle'), 'utf8');
    const worker = await serveWorkflows(
      { code: changed(code, 'backups.snapshot', 'backups.snapshotAnew') },
      [world],
      runs,
    );
    const run = await runs.start('daily-backup');
    const handle = runs.client.workflow.getHandle(run);
    await vi.waitFor(async () => {
      const { raw } = await handle.describe();
      const [pending] = raw.pendingActivities ?? [];
      expect(pending?.activityType?.name).toBe(PROBE);
      expect(pending?.attempt).toBeGreaterThan(2);
    }, TIMEOUT);
    const calls = await callsOf(runs, run);
    await handle.terminate();
    await worker.stop();

    expect(calls.slice(-2)).toEqual(['backups.snapshotAnew', PROBE]);
  });
});

/** All activities that the history calls, in their order, but for what tells people. */
async function callsOf({ client }: Runs, run: string): Promise<string[]> {
  const { events } = await client.workflow.getHandle(run).fetchHistory();
  const types = (events ?? []).map(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? '',
  );
  return types.filter((type) => type !== '' && type !== 'notices.notify');
}

/** A worker of this version's workflows, and one beside the target that is of a version without these activities. */
async function serveWithout(types: readonly string[], world: SqliteTarget, runs: Runs) {
  const { queue } = runs;
  const bundle = { codePath: inject('workflowBundle') };
  const workflows = await serveWorkflows(bundle, [], runs, [world]);
  const pool = openProcessPool(built('src/worker-process/job-process.ts'));
  const { activities, interceptor } = openTargetActivities({
    policies: openPolicies(world),
    pool,
    searchAttributes: true,
    closed: false,
    queue,
  });
  const beside = await Worker.create({
    connection: workflows.connection,
    namespace: inject('temporal').namespace,
    taskQueue: targetQueue(world.name),
    activities: Object.fromEntries(
      Object.entries(activities).filter(([type]) => !types.includes(type)),
    ),
    interceptors: { activity: [interceptor] },
  });
  const ended = beside.run();
  return {
    async stop(): Promise<void> {
      beside.shutdown();
      await ended;
      pool.close();
      await workflows.stop();
    },
  };
}

async function serveWorkflows(
  workflowBundle: WorkflowBundleOption,
  targets: readonly SqliteTarget[],
  { queue }: Runs,
  known = targets,
) {
  const { address, namespace } = inject('temporal');
  const connection = await NativeConnection.connect({
    address,
    grpcCompression: grpcCompressionFor(address),
  });
  const worker = await startWorker({
    connection,
    namespace,
    targets,
    known,
    searchAttributes: true,
    workflowBundle,
    jobProcess: built('src/worker-process/job-process.ts'),
    queue,
  });
  return {
    connection,
    async stop(): Promise<void> {
      await worker.stop();
      await connection.close();
    },
  };
}
