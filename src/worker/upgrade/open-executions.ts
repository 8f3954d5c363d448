import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { newestEvents } from '../../client/runs/newest-events.ts';
import { targetNameIn } from '../../config/run-id.ts';
import { buildFrom } from '../../config/version.ts';
import type { HistoryEvent } from './cut-history.ts';

/** A run, an incident or what stands beside them, which goes on. */
export interface OpenExecution {
  /** The workflow id. */
  readonly run: string;
  readonly runId: string;
  readonly workflowType: string;
  /** The builds that have decided something of it, as far as Temporal lists them. */
  readonly builds: readonly string[];
}

interface Search {
  readonly queue: string;
  /** Only those of this target. */
  readonly target?: string | undefined;
}

const PREFIX = 'unversioned:';

/** Those that a worker of `queue` would carry on. Temporal lists one about a second after it has begun. */
export async function openExecutions(
  client: Client,
  { queue, target }: Search,
): Promise<OpenExecution[]> {
  const found: OpenExecution[] = [];
  const query = `ExecutionStatus = 'Running' AND TaskQueue = '${queue}'`;
  for await (const info of client.workflow.list({ query })) {
    const { workflowId: run, runId, type: workflowType } = info;
    if (target !== undefined && targetNameIn(run) !== target) continue;
    const { BuildIds: listed } = info.searchAttributes as { BuildIds?: readonly string[] };
    const builds = (listed ?? [])
      .filter((one) => one.startsWith(PREFIX))
      .map((one) => one.slice(PREFIX.length));
    found.push({ run, runId, workflowType, builds });
  }
  return found;
}

/** Of its newest events. */
const LOOKED_AT = 100;

/**
 * Whether this build has decided last: then it has replayed all that was before, and fits. A worker of another build keeps nothing of it in
 * memory.
 */
export async function isOwn(
  client: Client,
  { run, runId, builds }: OpenExecution,
  build: string,
): Promise<boolean> {
  if (!builds.includes(build)) return false;
  if (builds.every((one) => one === build)) return true;
  const events = await newestEvents(client, { workflowId: run, runId }, LOOKED_AT);
  const last = events.find((event) => event.workflowTaskCompletedEventAttributes);
  return buildFrom(last?.workflowTaskCompletedEventAttributes ?? {}) === build;
}

/** Undefined: it is closed, or there no more. */
export async function historyOf(
  client: Client,
  { run, runId }: OpenExecution,
): Promise<readonly HistoryEvent[] | undefined> {
  try {
    const { events } = await client.workflow.getHandle(run, runId).fetchHistory();
    const all = events ?? [];
    return isClosed(all.at(-1)) ? undefined : all;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

function isClosed(last: HistoryEvent | undefined): boolean {
  return Boolean(
    last?.workflowExecutionCompletedEventAttributes ??
    last?.workflowExecutionFailedEventAttributes ??
    last?.workflowExecutionCanceledEventAttributes ??
    last?.workflowExecutionTerminatedEventAttributes ??
    last?.workflowExecutionTimedOutEventAttributes ??
    last?.workflowExecutionContinuedAsNewEventAttributes,
  );
}
