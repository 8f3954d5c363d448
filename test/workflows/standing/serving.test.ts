import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, describe, inject, test, vi } from 'vitest';
import {
  changeWorker,
  expectPlaceFree,
  registerWorker,
  unregisterWorker,
} from '../../../src/client/serving/register-worker.ts';
import { viewServing } from '../../../src/client/serving/view-serving.ts';
import { type ServingWorker, servingId } from '../../../src/config/serving.ts';
import { type RunningWorker, startWorker } from '../../../src/worker.ts';
import '../../support/quiet-runtime.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { built } from '../../support/built.ts';

const queue = `serving-${randomUUID()}`;
let client: Client;
let native: NativeConnection;
let worker: RunningWorker;

beforeAll(async () => {
  const { address, namespace } = inject('temporal');
  client = new Client({ connection: await Connection.connect({ address }), namespace });
  native = await NativeConnection.connect({ address });
  worker = await startWorker({
    connection: native,
    namespace,
    targets: [],
    searchAttributes: true,
    workflowBundle: { codePath: inject('workflowBundle') },
    jobProcess: built('src/worker-process/job-process.ts'),
    queue,
  });
});
afterAll(async () => {
  await worker.stop();
  await native.close();
  await client.connection.close();
});

function entry(host: string): ServingWorker {
  return {
    identity: `runbook@${host}/7#1.0.0`,
    place: randomUUID(),
    hostname: host,
    pid: 7,
    version: '1.0.0',
    state: `/${host}/.runbook`,
    policy: 'a1b2c3d4e5f6',
    since: new Date().toISOString(),
  };
}

describe.concurrent('serving/<target>', () => {
  test('lets one of two places in that come at once', async ({ expect }) => {
    const name = `race-${randomUUID()}`;
    const places = Array.from({ length: 6 }, (_, index) => entry(`host-${index}`));

    const answers = await Promise.allSettled(
      places.map((place) => registerWorker(client, name, place, { queue })),
    );

    const refused = answers.filter(({ status }) => status === 'rejected');
    const { workers } = (await viewServing(client, name))!;
    expect(refused).toHaveLength(5);
    expect(workers).toHaveLength(1);
    expect(String((refused[0] as PromiseRejectedResult).reason)).toContain(
      `"${name}" is served from another place: by process 7 on host "${workers[0]!.hostname}" (state in "/${workers[0]!.hostname}/.runbook")`,
    );
    await client.workflow.getHandle(servingId(name)).terminate();
  });

  test('forgets who leaves, and believes nothing that it cannot read', async ({ expect }) => {
    const name = `strange-${randomUUID()}`;
    const [here, there] = [entry('here'), entry('there')];
    await registerWorker(client, name, here, { queue });
    const handle = client.workflow.getHandle(servingId(name));

    await handle.signal('change', { ...here, hostname: 'x'.repeat(5000) });
    await handle.signal('change', 'nonsense');
    await handle.signal('leave', { identity: here.identity });
    await changeWorker(client, name, there);
    for (const nonsense of [undefined, {}, { worker: { ...here, place: '../..' } }, [1]])
      await expect(
        client.workflow.executeUpdateWithStart('register', {
          args: [nonsense],
          startWorkflowOperation: new WithStartWorkflowOperation('serving', {
            workflowId: servingId(name),
            taskQueue: queue,
            workflowIdConflictPolicy: 'USE_EXISTING',
          }),
        }),
      ).rejects.toMatchObject({ cause: { type: 'InvalidInput' } });
    await changeWorker(client, name, { ...here, policy: 'ffffffffffff' });
    await vi.waitFor(
      async () =>
        expect(await viewServing(client, name)).toMatchObject({
          workers: [{ identity: here.identity, hostname: 'here', policy: 'ffffffffffff' }],
        }),
      TIMEOUT,
    );

    await expect(expectPlaceFree(client, name, there)).rejects.toThrow('is served from another');
    await unregisterWorker(client, name, here.identity);
    await vi.waitFor(() => expectPlaceFree(client, name, there), TIMEOUT);
    await handle.terminate();
  });

  test('adds nothing to history for what it refuses', async ({ expect }) => {
    const name = `refusing-${randomUUID()}`;
    await registerWorker(client, name, entry('here'), { queue });
    const handle = client.workflow.getHandle(servingId(name));
    const lengthOf = async () => (await handle.describe()).historyLength;
    const before = await lengthOf();

    for (let count = 0; count < 5; count += 1)
      await registerWorker(client, name, entry('there'), { queue }).catch(() => {});
    await sleep(200);

    expect(await lengthOf()).toBe(before);
    await handle.terminate();
  });
});
