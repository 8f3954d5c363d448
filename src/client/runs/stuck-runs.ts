import { type Client, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';

export interface StuckRun {
  /** Its workflow id. */
  readonly run: string;
  /** Why it does not go on, and what to do: a sentence. */
  readonly reason: string;
}

/** A task that failed so often is not one that a restart of the worker left behind. */
const MAX_ATTEMPTS = 2;
/** In ms. A worker that is there takes a task within milliseconds. */
const MAX_WAIT = 60_000;
/** So many of those that are open are looked at one by one. */
const MAX_LOOKED_AT = 100;
const MISFIT =
  'its history does not fit this version. Start the version before it again, or end the run and `runbook repair`';

/**
 * What of a target does not go on although somebody serves it: runs, incidents and what stands beside them. Temporal itself marks one after the
 * sixth attempt, 85 s after the first was seen; of at most 100 open ones the attempts are looked at, which tells 40 s earlier.
 */
export async function stuckRuns(client: Client, target: string): Promise<StuckRun[]> {
  const marked = await markedAs(client, target);
  const known = new Set(marked.map(({ run }) => run));
  const seen: StuckRun[] = [];
  let looked = 0;
  for await (const { workflowId } of client.workflow.list({
    query: "ExecutionStatus = 'Running'",
    pageSize: MAX_LOOKED_AT,
  })) {
    if (!isOf(target, workflowId) || known.has(workflowId)) continue;
    if (looked === MAX_LOOKED_AT) break;
    looked += 1;
    const reason = await reasonOf(client, workflowId);
    if (reason !== undefined) seen.push({ run: workflowId, reason });
  }
  return [...marked, ...seen];
}

async function markedAs(client: Client, target: string): Promise<StuckRun[]> {
  const found: StuckRun[] = [];
  const query = "ExecutionStatus = 'Running' AND TemporalReportedProblems IS NOT NULL";
  try {
    for await (const { workflowId } of client.workflow.list({ query }))
      if (isOf(target, workflowId)) found.push({ run: workflowId, reason: MISFIT });
  } catch (error) {
    // A server that does not know the attribute: then the attempts alone tell.
    if (!isGrpcServiceError(error) || (error.code as number) !== INVALID_ARGUMENT) throw error;
  }
  return found;
}
const INVALID_ARGUMENT = 3;

async function reasonOf(client: Client, id: string): Promise<string | undefined> {
  try {
    const { raw } = await client.workflow.getHandle(id).describe();
    const { pendingWorkflowTask: task } = raw;
    if (!task) return undefined;
    if ((task.attempt ?? 0) > MAX_ATTEMPTS) return MISFIT;
    const since = Number(task.originalScheduledTime?.seconds ?? 0) * 1000;
    if (task.startedTime || since === 0 || Date.now() - since < MAX_WAIT) return undefined;
    return `no worker has taken it up since ${new Date(since).toISOString()}`;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Each id names its target after what it is: `daily-backup/ahgd/...`, `incident/ahgd/...`. */
function isOf(target: string, id: string): boolean {
  return id.split('/')[1] === target;
}
