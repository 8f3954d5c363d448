import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import proto, { type temporal } from '@temporalio/proto';
import { buildFrom, versionText } from '../../../config/version.ts';
import { newestEvents } from '../newest-events.ts';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** A task that failed so often is not one that a restart of the worker left behind. */
const MAX_ATTEMPTS = 2;
/** One that was begun so often and never failed: more than workers that were killed one after the other leave behind. */
const MAX_TIMEOUTS = 5;
/** In ms. A worker that is there takes a task within milliseconds. */
const MAX_WAIT = 60_000;
/** The newest events of a history: what failed, and who decided last, is among them. */
const LOOKED_AT = 200;
const MAX_MESSAGE = 200;

/** As `stuckReason`, of one that Temporal itself has marked. */
export async function misfitReason(client: Client, id: string): Promise<string> {
  return (await failureOf(client, id)).reason;
}

async function failureOf(client: Client, id: string) {
  const events = await newestEvents(client, { workflowId: id }, LOOKED_AT);
  const last = events.findIndex((event) => event.workflowTaskCompletedEventAttributes);
  const since = last === -1 ? events : events.slice(0, last);
  const decided = events[last]?.workflowTaskCompletedEventAttributes;
  const failed = since.find((event) => event.workflowTaskFailedEventAttributes);
  const fits = decided ? buildFrom(decided) : undefined;
  const serves = buildFrom(failed?.workflowTaskFailedEventAttributes ?? {});
  const reason = `${whyOf(failed)}. ${cure(fits === serves ? undefined : fits)}`;
  return { reason, failed: failed !== undefined };
}

/** Why an execution does not go on although somebody serves it, and what to do: sentences. Undefined: it does, or has ended. `since`: as in `stuckRuns`. */
export async function stuckReason(
  client: Client,
  id: string,
  since = 0,
): Promise<string | undefined> {
  try {
    const { raw } = await client.workflow.getHandle(id).describe();
    const { pendingWorkflowTask: task } = raw;
    if (!task) return undefined;
    const attempt = task.attempt ?? 0;
    if (attempt > MAX_ATTEMPTS) {
      const { reason, failed } = await failureOf(client, id);
      return failed || attempt > MAX_TIMEOUTS ? reason : undefined;
    }
    const scheduled = Number(task.originalScheduledTime?.seconds ?? 0) * 1000;
    if (task.startedTime || scheduled === 0) return undefined;
    if (Date.now() - Math.max(scheduled, since) < MAX_WAIT) return undefined;
    return `no worker has taken it up since ${new Date(scheduled).toISOString()}`;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

function whyOf(event: HistoryEvent | undefined): string {
  const { cause, failure } = event?.workflowTaskFailedEventAttributes ?? {};
  if (cause === CAUSES.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR)
    return 'its history does not fit the version that serves it';
  const message = failure?.message ?? '';
  if (message.includes('no such function is exported'))
    return 'it is of a kind that the version that serves it does not have';
  if (message !== '')
    return `what it does next fails again and again: ${message.slice(0, MAX_MESSAGE)}`;
  return 'what it does next was begun again and again, and never done';
}

const CAUSES = proto.temporal.api.enums.v1.WorkflowTaskFailedCause;

function cure(fits: string | undefined): string {
  const version = fits === undefined ? 'the version before it' : `version ${versionText(fits)}`;
  return `Start ${version} again, with which it goes on; or terminate it in Temporal, and "runbook repair" (docs/upgrade.md)`;
}
