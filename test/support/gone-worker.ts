import type { Client, Connection } from '@temporalio/client';
import { expect } from 'vitest';
import { hasWorkflowWorker } from '../../src/client/connection/pollers.ts';
import { RUNBOOKS_QUEUE } from '../../src/config/queues.ts';

/** Somebody asks for workflow tasks, and is gone: listed for a minute, and waited for by queries, as a worker that was killed. */
export async function pollOnce(client: Client): Promise<void> {
  const { namespace } = client.options;
  // The server refuses one of less than two seconds.
  await client
    .withDeadline(Date.now() + 2500, () =>
      (client.connection as Connection).workflowService.pollWorkflowTaskQueue({
        namespace,
        taskQueue: { name: RUNBOOKS_QUEUE },
        identity: 'gone',
      }),
    )
    .catch(() => {});
  expect(await hasWorkflowWorker(client, RUNBOOKS_QUEUE)).toBe(true);
}
