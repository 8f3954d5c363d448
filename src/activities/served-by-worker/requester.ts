import { activityInfo, getClient } from '@temporalio/activity';
import type { Client, Connection } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { z } from 'zod';
import { By } from '../../config/border/texts.ts';
import { Login, type Who, whoFrom } from '../../config/border/who.ts';
import type { AuditEvent } from '../../state/audit-log.ts';

type Event = temporal.api.history.v1.IHistoryEvent;
type Execution = temporal.api.common.v1.IWorkflowExecution;

/** What the start of a run says of whoever started it. */
const Starter = z.object({
  by: By.default('unknown'),
  login: Login.optional(),
  automatic: z.boolean().default(false),
});

/** How far up the runs that started each other are followed. */
const GENERATIONS = 10;

/** Who started this run, or the run whose part it is. What cannot be found out is unproven. */
export async function requesterOfThisRun(closed: boolean): Promise<Who> {
  try {
    return await requesterOf(getClient(), activityInfo().workflowExecution!, closed);
  } catch {
    return { name: 'unknown', known: 'unproven' };
  }
}

/** The started event of a run, told by who it was. */
export function startedBy(who: Who, events: readonly AuditEvent[]): readonly AuditEvent[] {
  return events.map((event) =>
    event.what === 'started' && !event.who ? { ...event, by: who.name, who } : event,
  );
}

/** As the server's authorizer named the sender. What the server does itself is nobody's. */
export function principalOf({ principal }: Event): string | undefined {
  return principal?.name && principal.type !== 'temporal' ? principal.name : undefined;
}

async function requesterOf(client: Client, execution: Execution, closed: boolean): Promise<Who> {
  let event = await firstEvent(client, execution);
  for (let count = 0; count < GENERATIONS; count += 1) {
    const parent = event.workflowExecutionStartedEventAttributes?.parentWorkflowExecution;
    if (!parent) break;
    // A worker starts parts of a run: what the server knows of that is the worker's name.
    event = await firstEvent(client, parent);
  }
  const { input, parentWorkflowExecution } = event.workflowExecutionStartedEventAttributes!;
  const payload = input?.payloads?.[0];
  const said = Starter.safeParse(payload && defaultPayloadConverter.fromPayload(payload));
  if (!said.success || parentWorkflowExecution) return { name: 'unknown', known: 'unproven' };
  const { by, login, automatic } = said.data;
  const principal = principalOf(event);
  if (automatic && principal === undefined) return { name: by, known: 'automatic' };
  return whoFrom({ by, login }, { closed, principal });
}

async function firstEvent(
  { connection, options: { namespace } }: Client,
  execution: Execution,
): Promise<Event> {
  const { workflowService } = connection as Connection;
  const { history } = await workflowService.getWorkflowExecutionHistory({
    namespace,
    execution,
    maximumPageSize: 1,
  });
  return history!.events![0]!;
}
