import { activityInfo, getClient, log } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { signalIfOpen } from '../../client/incidents/signal-if-open.ts';
import { eventTime } from '../../client/runs/event-time.ts';
import { saidByIdentity } from '../../config/border/identity-text.ts';
import { type Who, whoFrom } from '../../config/border/who.ts';
import type { FailureType } from '../../config/failure-types.ts';
import type { Target } from '../../config/schema/target.ts';
import { type AlertReport, incidentId } from '../../incident/alert-report.ts';
import { incidentOfRun } from '../../incident/beside/incident-of-run.ts';
import type { ReportedRun } from '../../report/run/reported-run.ts';
import { appendToAudit, type AuditEvent } from '../../state/audit-log.ts';
import { reportedDrills } from '../drill/reported-drills.ts';
import { writeRunReport } from '../records/run-reports.ts';
import { openTraceSender } from '../records/trace-sender.ts';
import { endsIncident } from './ends-incident.ts';
import { principalOf, requesterOfThisRun, startedBy } from './requester.ts';

/** A run that ends. */
export interface Recording extends Pick<ReportedRun, 'startedAt' | 'downtime'> {
  /** ISO 8601, UTC. */
  readonly endedAt: string;
  readonly ending: NonNullable<ReportedRun['ending']>;
  /** Whether somebody asked it to stop: Temporal knows who. */
  readonly stopped: boolean;
  /** The report shows the target's drills. */
  readonly reportsDrills?: true;
  /** What the audit does not know yet. */
  readonly events: readonly AuditEvent[];
}

/** Who asked a run to stop. A cancel carries no more than Temporal notes of it. */
export interface Stop {
  readonly by: string;
  readonly who?: Who;
  readonly reason?: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** One for all targets: they have one receiver. */
const traces = openTraceSender({
  tell: (line, isOver) => (isOver ? log.info(line) : log.warn(line)),
});

/** What remains of a run beside its target: the audit, and the reports. Called by the engine only, never by a step. */
export function runActivities(target: Target, { closed }: { readonly closed: boolean }) {
  return {
    /** Returns when the audit has the events, each once. */
    async 'runs.audit'(events: readonly AuditEvent[]): Promise<void> {
      expectOwn(events);
      appendToAudit(target, await identified(events, closed));
    },

    /** Writes a run's last events into the audit, and its report. Answers who stopped it, if anybody did. */
    async 'runs.record'(recording: Recording): Promise<{ stop?: Stop }> {
      expectOwn([recording.ending, ...recording.events]);
      const stop = recording.stopped ? await stopOfThisRun(closed) : undefined;
      const events = await identified(recording.events, closed);
      const told = { ...recording, events };
      record(target, told, stop);
      traces.send({ ...told, ending: withStop(told.ending, stop) });
      if (target.escalation.length > 0 && endsIncident(target, recording.ending))
        await closeIncident(recording);
      return stop ? { stop } : {};
    },
  };
}

export type RunActivities = ReturnType<typeof runActivities>;

/** The same recording again changes nothing. */
export function record(target: Target, recording: Recording, stop?: Stop): void {
  const { ending, startedAt, endedAt, downtime, events, reportsDrills } = recording;
  const { run, runbook, ledger, outcome } = ending;
  const stopped = stopOf(run, stop);
  appendToAudit(target, [...stopped, ...events.map(named)].toSorted(byTime));
  const isDone = ['done', 'partly', 'skipped'].includes(outcome);
  writeRunReport(target, {
    run,
    runbook,
    status: isDone ? 'COMPLETED' : 'FAILED',
    startedAt,
    endedAt,
    ledger,
    source: 'run',
    ending: withStop(ending, stop),
    ...(downtime && { downtime }),
    ...(reportsDrills && { drills: reportedDrills(target) }),
  });

  /** The id of a part, `<run>/<step>`, does not say which runbook it was. */
  function named(event: AuditEvent): AuditEvent {
    const isPart = event.run === run && run.split('/').length > 3;
    return isPart && event.what === 'ended' ? { ...event, runbook } : event;
  }
}

function stopOf(run: string, stop: Stop | undefined) {
  return stop ? [{ run, what: 'stopped' as const, ...stop }] : [];
}

function withStop(ending: Recording['ending'], stop: Stop | undefined): Recording['ending'] {
  const stopped = stopOf(ending.run, stop);
  return { ...ending, interventions: [...ending.interventions, ...stopped].toSorted(byTime) };
}

/** A run writes of itself only. Error: `BadArguments`. */
function expectOwn(said: readonly { readonly run: string }[]): void {
  const { workflowId } = activityInfo().workflowExecution!;
  const other = said.find(({ run }) => run !== workflowId);
  if (other)
    throw ApplicationFailure.nonRetryable(
      `"${workflowId}" speaks of "${other.run}"`,
      'BadArguments' satisfies FailureType,
    );
}

async function closeIncident({ ending, endedAt }: Recording): Promise<void> {
  const { run, target, title } = ending;
  const fingerprint = incidentOfRun(run);
  const report: AlertReport = {
    target,
    fingerprint,
    status: 'resolved',
    severity: 'sev4',
    title,
    source: run,
    origin: 'run',
    at: endedAt,
    hold: '0s',
  };
  await signalIfOpen(getClient(), incidentId(target, fingerprint), 'report', report);
}

function byTime(a: { readonly at: string }, b: { readonly at: string }): number {
  return Date.parse(a.at) - Date.parse(b.at);
}

/** A start that nobody was asked about yet: the run was never let in. */
async function identified(
  events: readonly AuditEvent[],
  closed: boolean,
): Promise<readonly AuditEvent[]> {
  if (!events.some(({ what, who }) => what === 'started' && !who)) return events;
  return startedBy(await requesterOfThisRun(closed), events);
}

async function stopOfThisRun(closed: boolean): Promise<Stop | undefined> {
  const { workflowId, runId } = activityInfo().workflowExecution!;
  const { events } = await getClient().workflow.getHandle(workflowId, runId).fetchHistory();
  for (const event of events ?? []) {
    const asked = event.workflowExecutionCancelRequestedEventAttributes;
    if (!asked) continue;
    const who = whoFrom(saidByIdentity(asked.identity || 'unknown'), {
      closed,
      principal: principalOf(event),
    });
    return {
      by: who.name,
      who,
      ...(asked.cause && { reason: asked.cause }),
      at: eventTime(event),
    };
  }
  return undefined;
}
