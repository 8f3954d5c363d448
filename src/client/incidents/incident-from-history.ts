import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { STATE } from '../../config/border/excess.ts';
import { read } from '../../config/border/read.ts';
import type { Ending } from '../../engine/run/ending.ts';
import { AlertReport } from '../../incident/alert-report.ts';
import { announcementTried } from '../../incident/announcements.ts';
import { answered } from '../../incident/answered.ts';
import { heard } from '../../incident/episode.ts';
import { elapsed, paged, unheld, unsent } from '../../incident/escalation.ts';
import type { EscalationStep, Incident, IncidentPolicy } from '../../incident/incident.ts';
import { Answer, Lifted } from '../../incident/messages.ts';
import { planned } from '../../incident/planned.ts';
import type { Page, Sent } from '../../incident/page.ts';
import { remediationBegun, remediationEnded } from '../../incident/beside/remediations.ts';
import { CarriedIncident } from '../../workflows/standing/carried-incident.ts';
import { eventTime } from '../runs/event-time.ts';

type Event = temporal.api.history.v1.IHistoryEvent;
type Payloads = temporal.api.common.v1.IPayloads | null | undefined;
type Change = (incident: Incident, at: string) => Incident;
/** Workflows that an incident begins, and that mend nothing. */
const BESIDE: ReadonlySet<string> = new Set(['incident-review', 'after-incident']);

/**
 * How an incident stands when no worker can answer: what was said and done, in its order, by the functions that the workflow uses.
 * Whatever has become due since then has not happened. Undefined: nobody has reported it yet.
 */
export function incidentFromHistory(events: readonly Event[]): Incident | undefined {
  const begun = new Map<string, { readonly type: string; readonly input: unknown }>();
  let incident: Incident | undefined;
  for (const event of events) {
    const at = eventTime(event);
    const started = event.workflowExecutionStartedEventAttributes;
    if (started) incident = carriedIn(started.input);
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled)
      begun.set(String(event.eventId), {
        type: scheduled.activityType!.name!,
        input: valueOf(scheduled.input),
      });
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal?.signalName === 'report') {
      const report = read(AlertReport, valueOf(signal.input));
      if (report.isRead) incident = heard(incident, report.value, at);
    }
    if (!incident) continue;
    for (const change of changesBy(event, begun)) incident = change(incident, at);
    if (incident.state !== 'resolved') incident = elapsed(incident, at);
  }
  return incident;
}

function changesBy(
  event: Event,
  begun: ReadonlyMap<string, { readonly type: string; readonly input: unknown }>,
): Change[] {
  const signal = event.workflowExecutionSignaledEventAttributes;
  if (signal?.signalName === 'answer') {
    const answer = read(Answer, valueOf(signal.input));
    return answer.isRead ? [(incident, at) => answered(incident, answer.value, at)] : [];
  }
  if (signal?.signalName === 'lifted') {
    const { why } = Lifted.parse(valueOf(signal.input));
    return [(incident, at) => unheld(incident, at, why)];
  }
  const done = event.activityTaskCompletedEventAttributes;
  const failed =
    event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
  const activity = begun.get(String((done ?? failed)?.scheduledEventId));
  if (activity?.type === 'pages.plan' && done) {
    const { policy, steps } = valueOf(done.result) as {
      policy: IncidentPolicy;
      steps: EscalationStep[];
    };
    return [(incident, at) => planned(incident, incident.escalation.version, policy, steps, at)];
  }
  if (activity?.type === 'pages.send')
    return [pagedBy(activity.input as Page, sentBy(done, failed))];
  return remediationsBy(event);
}

function pagedBy({ contact, event }: Page, sent: Sent): Change {
  return (incident, at) => {
    const step = incident.escalation.steps.find((one) => one.contact === contact && !one.notified);
    if (event === 'trigger') return step ? paged(incident, step, sent, at) : incident;
    const told = incident.announcements?.find(
      (one) => one.contact === contact && one.event === event,
    );
    return told ? announcementTried(incident, told, sent, at) : incident;
  };
}

function sentBy(
  done: Event['activityTaskCompletedEventAttributes'],
  failed: { readonly failure?: temporal.api.failure.v1.IFailure | null } | null | undefined,
): Sent {
  if (done) return valueOf(done.result) as Sent;
  return unsent(failed?.failure?.cause?.message ?? failed?.failure?.message ?? '');
}

function remediationsBy(event: Event): Change[] {
  const started = event.childWorkflowExecutionStartedEventAttributes;
  const ended =
    event.childWorkflowExecutionCompletedEventAttributes ??
    event.childWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionTerminatedEventAttributes;
  const runbook = (started ?? ended)?.workflowType?.name;
  const run = (started ?? ended)?.workflowExecution?.workflowId;
  if (!runbook || !run || BESIDE.has(runbook)) return [];
  if (started) return [(incident, at) => remediationBegun(incident, runbook, run, at)];
  const result = event.childWorkflowExecutionCompletedEventAttributes?.result;
  const outcome = result ? (valueOf(result) as Ending).outcome : 'failed';
  return [(incident, at) => remediationEnded(incident, { runbook, run, outcome }, at)];
}

/** What the run before has handed on. A workflow that was begun with anything else has ended at once. */
function carriedIn(input: Payloads): Incident | undefined {
  const carried = read(CarriedIncident.optional(), valueOf(input), STATE);
  return carried.isRead ? carried.value : undefined;
}

/** Undefined, too, of what is no JSON: whoever reaches Temporal can send it. */
function valueOf(payloads: Payloads): unknown {
  const [first] = payloads?.payloads ?? [];
  try {
    return first && defaultPayloadConverter.fromPayload(first);
  } catch {
    return undefined;
  }
}
