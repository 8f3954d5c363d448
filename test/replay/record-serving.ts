import type { Client } from '@temporalio/client';
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker';
import {
  changeWorker,
  registerWorker,
  unregisterWorker,
} from '../../src/client/serving/register-worker.ts';
import { viewServing } from '../../src/client/serving/view-serving.ts';
import { type ServingWorker, servingId } from '../../src/config/serving.ts';
import { startWorker } from '../../src/worker.ts';

const QUEUE = 'serving';

/** A target that is served from two places, one after the other. Answers the workflow id. */
export async function playServing(
  client: Client,
  connection: NativeConnection,
  workflowBundle: WorkflowBundleOption,
): Promise<string> {
  const { namespace } = client.options;
  const worker = await startWorker({
    connection,
    namespace,
    targets: [],
    searchAttributes: true,
    workflowBundle,
    queue: QUEUE,
  });
  const [a, b] = [entryOf('host-a', 'a'), entryOf('host-b', 'b')];
  await registerWorker(client, 'example', a, { queue: QUEUE });
  await changeWorker(client, 'example', { ...a, policy: 'b1b2c3d4e5f6' });
  await registerWorker(client, 'example', b, { queue: QUEUE }).catch(() => {});
  await registerWorker(client, 'example', b, { queue: QUEUE, takeOver: true });
  await unregisterWorker(client, 'example', b.identity);
  while ((await viewServing(client, 'example'))!.workers.length > 0)
    await new Promise((settle) => setTimeout(settle, 100));
  await worker.stop();
  return servingId('example');
}

function entryOf(hostname: string, digit: string): ServingWorker {
  return {
    identity: `runbook@${hostname}/7#1.0.0`,
    place: `${digit.repeat(8)}-0000-4000-8000-000000000000`,
    hostname,
    pid: 7,
    version: '1.0.0',
    state: '/srv/example/.runbook',
    policy: 'a1b2c3d4e5f6',
    since: new Date().toISOString(),
  };
}
