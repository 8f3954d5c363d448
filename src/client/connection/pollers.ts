import type { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { RUNBOOKS_QUEUE, targetQueue } from '../../config/queues.ts';
import { MAX_SILENCE_MILLISECONDS } from '../../config/serving.ts';
import { serverTime } from './server-time.ts';
import { UnreachableError } from './unreachable-error.ts';

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

/** The identities of those that have polled for the target's activities of late. */
export async function heardOf(client: Client, target: string): Promise<string[]> {
  return recent(client, await pollersOf(client, targetQueue(target), 'activity'));
}

async function isPolled(client: Client, queue: string, kind: Kind): Promise<boolean> {
  const all = await pollersOf(client, queue, kind);
  return since(all, Date.now()).length > 0 || (await recent(client, all)).length > 0;
}

type Kind = 'workflow' | 'activity';

interface Poller {
  readonly identity: string;
  /** By Temporal's clock, in ms since 1970. */
  readonly time: number;
}

/** By a clock here that is 10 s ahead of Temporal's, who polls might count as gone, and another place would take the target over. */
async function recent(client: Client, all: readonly Poller[]): Promise<string[]> {
  const here = since(all, Date.now());
  // What is heard of is. Temporal's own time takes a moment to find out, and is asked for only where it matters.
  if (here.length === all.length) return here;
  const now = await serverTime(client);
  return now === undefined ? here : since(all, now);
}

function since(all: readonly Poller[], now: number): string[] {
  return all
    .filter(({ time }) => time > now - MAX_SILENCE_MILLISECONDS)
    .map(({ identity }) => identity);
}

async function pollersOf(
  { connection, options: { namespace } }: Client,
  queue: string,
  kind: Kind,
): Promise<Poller[]> {
  const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } =
    proto.temporal.api.enums.v1.TaskQueueType;
  const { pollers } = await (connection as Connection).workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: queue },
    taskQueueType: kind === 'workflow' ? TASK_QUEUE_TYPE_WORKFLOW : TASK_QUEUE_TYPE_ACTIVITY,
  });
  return (pollers ?? []).map(({ identity, lastAccessTime }) => ({
    identity: identity ?? '',
    time: Number(lastAccessTime?.seconds ?? 0) * 1000,
  }));
}
