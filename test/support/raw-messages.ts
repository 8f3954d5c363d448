import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';

/** gRPC's number for it. */
const RESOURCE_EXHAUSTED = 8;

type Payloads = temporal.api.common.v1.IPayloads | undefined;

/** Sends what no client of the SDK would, and looks what became of the workflow. */
export function rawMessages(client: Client, queue: string) {
  const { workflowService } = client;
  const { namespace } = client.options;

  return {
    async start(type: string, workflowId: string, input: Payloads): Promise<void> {
      await workflowService.startWorkflowExecution({
        namespace,
        workflowId,
        workflowType: { name: type },
        taskQueue: { name: queue },
        requestId: crypto.randomUUID(),
        identity: 'hostile',
        ...(input && { input }),
      });
    },

    async signal(workflowId: string, signalName: string, input: Payloads): Promise<void> {
      await workflowService.signalWorkflowExecution({
        namespace,
        workflowExecution: { workflowId },
        signalName,
        requestId: crypto.randomUUID(),
        identity: 'hostile',
        ...(input && { input }),
      });
    },

    /** Answers why it was refused; undefined when it was not. */
    async update(workflowId: string, name: string, args: Payloads): Promise<string | undefined> {
      try {
        const { outcome } = await workflowService.updateWorkflowExecution({
          namespace,
          workflowExecution: { workflowId },
          request: {
            meta: { updateId: crypto.randomUUID(), identity: 'hostile' },
            input: { name, ...(args && { args }) },
          },
          // COMPLETED
          waitPolicy: { lifecycleStage: 3 },
        });
        return outcome?.failure?.message ?? undefined;
      } catch (error) {
        // More than the server lets one workflow hold: it never gets there.
        if ((error as { code?: number }).code === RESOURCE_EXHAUSTED) return 'too large';
        throw error;
      }
    },

    /** Whether it is in another run than its first, as one is whose history has grown large. */
    async hasGoneOn(workflowId: string): Promise<boolean> {
      const { runId, raw } = await client.workflow.getHandle(workflowId).describe();
      return raw.workflowExecutionInfo?.firstRunId !== runId;
    },

    /** Why it could not go on: its workflow task failed, and was to be tried again. */
    async stumbles(workflowId: string): Promise<string[]> {
      const { raw } = await client.workflow.getHandle(workflowId).describe();
      const events: temporal.api.history.v1.IHistoryEvent[] = [];
      let nextPageToken: Uint8Array | undefined;
      do {
        const page = await workflowService.getWorkflowExecutionHistory({
          namespace,
          execution: { workflowId },
          // What they sent is large, and one answer takes 4 MB.
          maximumPageSize: 4,
          ...(nextPageToken && { nextPageToken }),
        });
        events.push(...(page.history?.events ?? []));
        ({ nextPageToken } = page);
      } while (nextPageToken && nextPageToken.length > 0);
      const failed = events.flatMap(({ workflowTaskFailedEventAttributes: task }) =>
        task && !HARMLESS.has(Number(task.cause))
          ? `cause ${task.cause}: ${task.failure?.message}`
          : [],
      );
      const attempt = raw.pendingWorkflowTask?.attempt ?? 1;
      return attempt > 1 ? [...failed, `attempt ${attempt}`] : failed;
    },
  };
}

/**
 * The server itself has a task begun anew: a signal came while the workflow ended (UNHANDLED_COMMAND), or more signals than it
 * holds back while a task is under way (FORCE_CLOSE_COMMAND).
 */
const HARMLESS = new Set([1, 17]);
