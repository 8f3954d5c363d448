import { type Client, WorkflowUpdateFailedError } from '@temporalio/client';
import { UsageError } from '../../config/usage-error.ts';
import type { Approval, Control, Decision } from '../../engine/people/messages.ts';
import { expectWorkflowWorker } from '../connection/pollers.ts';
import { UnreachableError } from '../connection/unreachable-error.ts';

export type Answer =
  | { readonly word: 'decide'; readonly message: Decision }
  | { readonly word: 'approve' | 'reject'; readonly message: Approval };

const TIMEOUT_MILLISECONDS = 10_000;

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
  // The same answer, given twice, is one answer.
  const attempt = 'attempt' in message ? `/${message.attempt}/${message.choice}` : '';
  const updateId = `${word}/${message.step}${attempt}/${message.by}`;
  try {
    await client.withDeadline(Date.now() + TIMEOUT_MILLISECONDS, () =>
      client.workflow.getHandle(run).executeUpdate(word, { args: [message], updateId }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      throw new UsageError(error.cause?.message ?? error.message, `runbook explain ${run}`);
    if ((error as { code?: number }).code === DEADLINE_EXCEEDED)
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
  await client.workflow.getHandle(run).signal(word, control);
}

/** Ends a run early, by Temporal's own cancel. It carries no message of ours: who asks is its identity. */
export async function stopRun(client: Client, run: string, { by, reason }: Control): Promise<void> {
  await client.workflowService.requestCancelWorkflowExecution({
    namespace: client.options.namespace,
    identity: by,
    requestId: crypto.randomUUID(),
    workflowExecution: { workflowId: run },
    ...(reason !== undefined && { reason }),
  });
}
