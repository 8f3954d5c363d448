import type { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { RUNBOOKS_QUEUE, targetQueue } from '../../config/queues.ts';
import { UnreachableError } from './unreachable-error.ts';

/** A poll lasts a minute: who was heard of longer ago is gone. */
const RECENT_MILLISECONDS = 70_000;

/** Error: `UnreachableError` when no worker would take the runs or activities of `target`. */
export async function expectWorker(client: Client, target: string): Promise<void> {
  const [runs, activities] = await Promise.all([
    isPolled(client, RUNBOOKS_QUEUE, 'workflow'),
    isPolled(client, targetQueue(target), 'activity'),
  ]);
  if (runs && activities) return;
  throw new UnreachableError(
    `No worker serves target "${target}" in namespace "${client.options.namespace}"`,
    `runbook worker ${target}`,
  );
}

/** Error: `UnreachableError` when no worker polls `queue` for workflows. */
export async function expectWorkflowWorker(client: Client, queue: string): Promise<void> {
  if (await hasWorkflowWorker(client, queue)) return;
  throw new UnreachableError(
    `No worker serves runs in namespace "${client.options.namespace}"`,
    'runbook worker <target>',
  );
}

export async function hasWorkflowWorker(client: Client, queue: string): Promise<boolean> {
  return isPolled(client, queue, 'workflow');
}

async function isPolled(
  { connection, options: { namespace } }: Client,
  queue: string,
  kind: 'workflow' | 'activity',
): Promise<boolean> {
  const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } =
    proto.temporal.api.enums.v1.TaskQueueType;
  const { pollers } = await (connection as Connection).workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: queue },
    taskQueueType: kind === 'workflow' ? TASK_QUEUE_TYPE_WORKFLOW : TASK_QUEUE_TYPE_ACTIVITY,
  });
  const oldest = Date.now() - RECENT_MILLISECONDS;
  return (pollers ?? []).some(
    ({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 > oldest,
  );
}
