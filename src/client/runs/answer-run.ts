import { type Client, WorkflowUpdateFailedError } from '@temporalio/client';
import { UsageError } from '../../config/usage-error.ts';
import { identityText } from '../../config/border/identity-text.ts';
import {
  type Approval,
  type Control,
  type Decision,
  statementSignal,
} from '../../engine/people/messages.ts';
import { expectWorkflowWorker } from '../connection/pollers.ts';
import { UnreachableError } from '../connection/unreachable-error.ts';

export type Answer =
  | { readonly word: 'decide'; readonly message: Decision }
  | { readonly word: 'approve' | 'reject'; readonly message: Approval };

/** Taking it asks the server who sent it. */
const TIMEOUT_MILLISECONDS = 20_000;

/**
 * Answers a question of a run, and waits until it has been taken. Errors: `UsageError` when the run refuses it,
 * `UnreachableError` when no worker takes it now.
 */
export async function answerRun(
  client: Client,
  run: string,
  { word, message }: Answer,
): Promise<void> {
  const { taskQueue } = await client.workflow.getHandle(run).describe();
  await expectWorkflowWorker(client, taskQueue);
  // What was refused may be said again, by whoever is allowed to: no answer shares its id with another.
  const updateId = crypto.randomUUID();
  const signed = { ...message, id: updateId };
  await client.workflow.getHandle(run).signal(statementSignal, signed);
  try {
    await client.withDeadline(Date.now() + TIMEOUT_MILLISECONDS, () =>
      client.workflow.getHandle(run).executeUpdate(word, { args: [signed], updateId }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      throw new UsageError(error.cause?.message ?? error.message, `runbook explain ${run}`);
    const { code, cause } = error as { code?: number; cause?: { code?: number } };
    if (code === DEADLINE_EXCEEDED || cause?.code === DEADLINE_EXCEEDED)
      throw new UnreachableError(
        `No worker took it within ${TIMEOUT_MILLISECONDS / 1000} s: it may still be taken when one comes`,
        `runbook explain ${run}`,
      );
    throw error;
  }
}

/** gRPC's number for it. */
const DEADLINE_EXCEEDED = 4;

/** Pauses or resumes: kept until a worker runs, if none does now. */
export async function controlRun(
  client: Client,
  run: string,
  word: 'pause' | 'resume',
  control: Control,
): Promise<void> {
  await client.workflow.getHandle(run).signal(word, { ...control, id: crypto.randomUUID() });
}

/** Ends a run early, by Temporal's own cancel. It carries no message of ours: who asks is its identity. */
export async function stopRun(client: Client, run: string, asked: Control): Promise<void> {
  const { reason } = asked;
  await client.workflowService.requestCancelWorkflowExecution({
    namespace: client.options.namespace,
    identity: identityText(asked),
    requestId: crypto.randomUUID(),
    workflowExecution: { workflowId: run },
    ...(reason !== undefined && { reason }),
  });
}
