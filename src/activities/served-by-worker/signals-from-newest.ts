import type { Client, Connection } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';

type Event = temporal.api.history.v1.IHistoryEvent;

const EVENTS_PER_PAGE = 100;
const MOST_PAGES = 20;

interface Signal {
  readonly event: Event;
  readonly argument: unknown;
}

/** The signals of this name that a run has received, as its history has them, among its last 2000 events. What came just now is found at once. */
export async function* signalsFromNewest(
  { connection, options: { namespace } }: Client,
  execution: temporal.api.common.v1.IWorkflowExecution,
  name: string,
): AsyncGenerator<Signal> {
  const { workflowService } = connection as Connection;
  let nextPageToken: Uint8Array | null | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution,
      maximumPageSize: EVENTS_PER_PAGE,
      ...(nextPageToken && { nextPageToken }),
    });
    for (const event of answer.history?.events ?? []) {
      const { signalName, input } = event.workflowExecutionSignaledEventAttributes ?? {};
      const [payload] = input?.payloads ?? [];
      if (signalName === name && payload)
        yield { event, argument: defaultPayloadConverter.fromPayload(payload) };
    }
    ({ nextPageToken } = answer);
    if (!nextPageToken?.length) return;
  }
}
