import type { Client, Connection } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { Ending, Outcome } from '../../engine/run/ending.ts';
import type { Envelope } from '../../engine/run/envelope.ts';
import { newestEvents } from './newest-events.ts';

interface Execution {
  readonly workflowId: string;
  readonly runId: string;
}

/** The outcome of a closed run, from the last event of its history. Undefined: it gave none. */
export async function outcomeOf(
  client: Client,
  execution: Execution,
): Promise<Outcome | undefined> {
  const [last] = await newestEvents(client, execution, 1);
  const { result } = last?.workflowExecutionCompletedEventAttributes ?? {};
  const { failure } = last?.workflowExecutionFailedEventAttributes ?? {};
  return first<Ending>(result ?? failure?.applicationFailureInfo?.details)?.outcome;
}

/** Who asked for a run, from the first event of its history. */
export async function requesterOf(
  { connection, options: { namespace } }: Client,
  execution: Execution,
): Promise<string | undefined> {
  const { workflowService } = connection as Connection;
  const { history } = await workflowService.getWorkflowExecutionHistory({
    namespace,
    execution,
    maximumPageSize: 1,
  });
  const { input } = history?.events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
  return first<Envelope>(input)?.by;
}

function first<Value>(
  all: temporal.api.common.v1.IPayloads | null | undefined,
): Partial<Value> | undefined {
  const [payload] = all?.payloads ?? [];
  return payload && defaultPayloadConverter.fromPayload<Value>(payload);
}
