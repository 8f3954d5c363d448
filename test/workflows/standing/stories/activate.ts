import { msToTs } from '@temporalio/common/lib/time.js';
import proto, { type coresdk } from '@temporalio/proto';
import type { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm.js';
import { infoOf, type Job, type Living } from './living-run.ts';

export type Command = coresdk.workflow_commands.WorkflowCommand.$Properties;

/** Tells a run what has happened by now; answers what it wants to be done. */
export async function activate(
  creator: ReusableVMWorkflowCreator,
  clock: number,
  run: Living,
  jobs: readonly Job[],
): Promise<Command[]> {
  run.workflow ??= await creator.createWorkflow({
    info: infoOf(run),
    randomnessSeed: run.seed.toBytes(),
    now: clock,
    showStackTraceSources: false,
  } as never);
  const order = (job: Job) => (job.initializeWorkflow ? 0 : job.signalWorkflow ? 1 : 2);
  const completion = await run.workflow.activate(
    proto.coresdk.workflow_activation.WorkflowActivation.fromObject({
      runId: run.runId,
      timestamp: msToTs(clock),
      isReplaying: false,
      historyLength: 10,
      jobs: jobs.toSorted((one, other) => order(one) - order(other)),
    }),
  );
  await run.workflow.getAndResetSinkCalls();
  if (completion.failed)
    throw new Error(`${run.id}: ${completion.failed.failure?.message ?? 'failed'}`);
  return completion.successful?.commands ?? [];
}
