import { isDeepStrictEqual } from 'node:util';
import { activityInfo, getClient } from '@temporalio/activity';
import type { Connection } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { type Statement, type Who, whoFrom } from '../../config/border/who.ts';
import { eventTime } from '../../client/runs/event-time.ts';
import { principalOf } from './requester.ts';

type Event = temporal.api.history.v1.IHistoryEvent;

const EVENTS_PER_PAGE = 100;
const MOST_PAGES = 20;

interface Options {
  /** Nobody reaches the server who has no certificate of ours. */
  readonly closed: boolean;
}

/** Who said something, and when Temporal received it: ISO 8601, UTC. No worker may have been there for long. */
export type Sender = Who & { readonly at?: string };

/** Who people are, by what the server knows of their messages. */
export function peopleActivities({ closed }: Options) {
  return {
    /**
     * Who sent this run the signal that says `said`. Whoever sends the same words under the same id says the same, so that nobody
     * can speak with the principal of somebody else.
     */
    async 'people.identify'(
      signal: string,
      said: Statement & { readonly id?: string | undefined },
    ): Promise<Sender> {
      const event = await signalSaying(signal, said);
      const who = whoFrom(said, { closed, principal: event && principalOf(event) });
      return { ...who, ...(event && { at: eventTime(event) }) };
    },
  };
}

export type PeopleActivities = ReturnType<typeof peopleActivities>;

/** From the newest on: it came just now. */
async function signalSaying(signal: string, said: object): Promise<Event | undefined> {
  const { connection, options } = getClient();
  const { workflowService } = connection as Connection;
  let nextPageToken: Uint8Array | null | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await workflowService.getWorkflowExecutionHistoryReverse({
      namespace: options.namespace,
      execution: activityInfo().workflowExecution!,
      maximumPageSize: EVENTS_PER_PAGE,
      ...(nextPageToken && { nextPageToken }),
    });
    const found = answer.history?.events?.find((event) => isThat(event, signal, said));
    if (found) return found;
    ({ nextPageToken } = answer);
    if (!nextPageToken?.length) return undefined;
  }
  return undefined;
}

function isThat(
  { workflowExecutionSignaledEventAttributes: it }: Event,
  signal: string,
  said: object,
): boolean {
  if (it?.signalName !== signal) return false;
  const [payload] = it.input?.payloads ?? [];
  return (
    payload !== undefined &&
    payload !== null &&
    isDeepStrictEqual(defaultPayloadConverter.fromPayload(payload), said)
  );
}
