import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure, type Workflow } from '@temporalio/common';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import {
  EMPTY,
  type Elsewhere,
  elsewhere,
  type Registration,
  type ServingWorker,
  servingId,
} from '../../config/serving.ts';
import { UsageError } from '../../config/usage-error.ts';
import { heardOf } from '../connection/pollers.ts';
import { viewServing } from './view-serving.ts';

interface Options {
  readonly takeOver?: boolean;
  readonly queue?: string;
}

/**
 * Says, before anything is prepared, that another place serves the target: it reads only. Error: `UsageError`, which names the other
 * worker and what to do.
 */
export async function expectPlaceFree(
  client: Client,
  target: string,
  worker: ServingWorker,
  { takeOver = false }: Options = {},
): Promise<void> {
  const serving = (await viewServing(client, target)) ?? EMPTY;
  const gone = await silent(client, target);
  const other = elsewhere(serving, { worker, gone, takeOver }, Date.now());
  if (other) throw refusal(target, other);
}

/** Registers a worker before it polls. Needs a worker of workflows. Error: `UsageError` while another place has the target. */
export async function registerWorker(
  client: Client,
  target: string,
  worker: ServingWorker,
  { takeOver = false, queue = RUNBOOKS_QUEUE }: Options = {},
): Promise<void> {
  const registration: Registration = { worker, gone: await silent(client, target), takeOver };
  try {
    await client.workflow.executeUpdateWithStart<Workflow, void, [Registration]>('register', {
      args: [registration],
      startWorkflowOperation: new WithStartWorkflowOperation('serving', {
        workflowId: servingId(target),
        taskQueue: queue,
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `Who serves ${target}`,
      }),
    });
  } catch (error) {
    const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
    if (!(cause instanceof ApplicationFailure) || cause.type !== 'TargetElsewhere') throw error;
    throw refusal(target, cause.details![0] as Elsewhere);
  }
}

/** Says that a registered worker serves by another policy now, or cannot. Kept also while no worker takes it up. */
export async function changeWorker(
  client: Client,
  target: string,
  worker: ServingWorker,
): Promise<void> {
  await client.workflow.getHandle(servingId(target)).signal('change', worker);
}

/** The worker has stopped: whoever comes next need not wait for its silence. */
export async function unregisterWorker(
  client: Client,
  target: string,
  identity: string,
): Promise<void> {
  await client.workflow.getHandle(servingId(target)).signal('leave', identity);
}

/** Those that have registered, and are not heard of. */
async function silent(client: Client, target: string): Promise<string[]> {
  const { workers } = (await viewServing(client, target)) ?? EMPTY;
  if (workers.length === 0) return [];
  const alive = await heardOf(client, target);
  return workers.map(({ identity }) => identity).filter((identity) => !alive.includes(identity));
}

function refusal(target: string, { why, by }: Elsewhere): UsageError {
  const { hostname, pid, state, since } = by;
  const who = `process ${pid} on host "${hostname}" (state in "${state}")`;
  const message =
    why === 'alive'
      ? `"${target}" is served from another place: by ${who}, since ${since}`
      : `"${target}" was moved to another place: ${who} serves it since ${since}`;
  return new UsageError(
    message,
    `stop that worker first; or, to move "${target}" here: runbook worker ${target} --take-over`,
  );
}
