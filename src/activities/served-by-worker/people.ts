import { isDeepStrictEqual } from 'node:util';
import { activityInfo, getClient } from '@temporalio/activity';
import { type Statement, type Who, whoFrom } from '../../config/border/who.ts';
import { eventTime } from '../../client/runs/event-time.ts';
import { principalOf } from './requester.ts';
import { signalsFromNewest } from './signals-from-newest.ts';

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

async function signalSaying(signal: string, said: object) {
  const run = activityInfo().workflowExecution!;
  for await (const { event, argument } of signalsFromNewest(getClient(), run, signal))
    if (isDeepStrictEqual(argument, said)) return event;
  return undefined;
}
