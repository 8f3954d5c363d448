import { defaultPayloadConverter, TypedSearchAttributes } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { coresdk } from '@temporalio/proto';
import type { Workflow } from '@temporalio/worker/lib/workflow/interface.js';

export type Job = coresdk.workflow_activation.WorkflowActivationJob.$Properties;

export interface Run {
  readonly id: string;
  readonly runId: string;
  readonly type: string;
  readonly begun: number;
  status: 'open' | 'done' | 'failed' | 'continued';
  result?: unknown;
}

/** As its server sees it. */
export interface Living extends Run {
  workflow?: Workflow;
  readonly seed: ReturnType<typeof seedOf>;
  readonly first: string;
  readonly jobs: Job[];
  readonly timers: Map<number, number>;
  /** It is begun, and does nothing. */
  readonly idle: boolean;
  ended?: (child: Living) => void;
}

let count = 0;
export const payload = (value: unknown) => defaultPayloadConverter.toPayload(value);
export const value = (one: unknown) =>
  one ? defaultPayloadConverter.fromPayload<never>(one) : undefined;

/** `first`: the run that it goes on for. */
export function newRun(
  { type, id, begun, idle }: Pick<Living, 'type' | 'id' | 'begun' | 'idle'>,
  args: readonly unknown[],
  first?: string,
): Living {
  count += 1;
  const runId = `run-${count}`;
  const seed = seedOf(count);
  const firstExecutionRunId = first ?? runId;
  return {
    id,
    runId,
    type,
    begun,
    idle,
    seed,
    status: 'open',
    first: firstExecutionRunId,
    timers: new Map(),
    jobs: [
      {
        initializeWorkflow: {
          workflowType: type,
          workflowId: id,
          arguments: args.map(payload),
          randomnessSeed: seed,
          headers: {},
          attempt: 1,
          firstExecutionRunId,
          startTime: msToTs(begun),
        },
      },
    ],
  };
}

/** As the 64 bits that Temporal wants. */
function seedOf(number: number) {
  return msToTs(number * 1000).seconds!;
}

export function isOpen({ status }: Run): boolean {
  return status === 'open';
}

/** What a workflow is told of itself. */
export function infoOf({ id, runId, type, first, begun }: Living) {
  return {
    workflowId: id,
    runId,
    workflowType: type,
    searchAttributes: {},
    typedSearchAttributes: new TypedSearchAttributes(),
    taskQueue: 'stories',
    namespace: 'stories',
    firstExecutionRunId: first,
    originalExecutionRunId: runId,
    startTime: new Date(begun),
    runStartTime: new Date(begun),
    taskTimeoutMs: 10_000,
    attempt: 1,
    historyLength: 10,
    historySize: 1000,
    continueAsNewSuggested: false,
    unsafe: { isReplaying: false, isReplayingHistoryEvents: false, now: Date.now },
    priority: {},
  };
}
