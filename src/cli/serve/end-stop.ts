import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { reportAlert } from '../../client/incidents/report-alert.ts';
import { signalIfOpen } from '../../client/incidents/signal-if-open.ts';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import type { Target } from '../../config/schema/target.ts';
import { type AlertReport, incidentId } from '../../incident/alert-report.ts';
import type { Hold } from '../../incident/beside/hold.ts';
import {
  type EndingStop,
  readStopped,
  removeStopped,
  settleEndingStop,
} from '../../state/stopped.ts';
import type { StartedSince } from '../local/status/started-since.ts';

/**
 * What was stopped on purpose runs again: the record goes, and alerts come through. Else nobody would hear when it is down the next
 * time. That it runs is told once: whoever stopped it may rely on that it is down.
 */
export async function endStop(
  client: Client,
  target: Target,
  started: StartedSince,
  queue?: string,
): Promise<void> {
  const { run } = started.stopped;
  // The record last: when this fails, it still tells whose alerts are to be let through.
  await lift(client, target, run);
  await tell(client, target, started, queue);
  if (readStopped(target)?.run === run) removeStopped(target);
}

/** As `alerts.lift` of a run does. */
async function lift(client: Client, { name }: Target, by: string): Promise<void> {
  try {
    await client.workflow.getHandle(`suppression/${name}`).signal('lift', { by });
  } catch (error) {
    // Its time is over already.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** The incident that `start-application` resolves when it is done: it leaves alone what works. */
async function tell(
  client: Client,
  { name }: Target,
  { stopped, startsAgain, closed }: StartedSince,
  queue: string | undefined,
): Promise<void> {
  const { by, at, because, run } = stopped;
  const details = [
    `It was stopped on purpose by ${by} at ${at} because ${because}, and runs and answers: it was not started by a run`,
    ...(startsAgain === undefined ? [] : [startsAgain]),
    ...(closed === undefined ? [] : [`${closed}, until start-application has been started`]),
    `From now on it is no longer held to be stopped. Is it to run? Then start start-application, which leaves it alone. Else stop it anew: runbook start stop-application -t ${name}`,
  ];
  await reportAlert(
    client,
    {
      target: name,
      fingerprint: 'start-application',
      status: 'firing',
      origin: 'run',
      severity: 'sev3',
      title: `It runs although it was stopped on purpose: ${name}`.slice(0, 300),
      details: details.join('. ').slice(0, 8000),
      source: run === '' ? 'figures' : run,
      at: new Date().toISOString(),
      hold: '0s',
    },
    queue,
  );
}

/** The run of `stop-application` that had given up has an incident by its runbook's name. */
const FINGERPRINT = 'stop-application';

/** It is on record as stopped on purpose, alerts are held back as if it had ended at once, and the incident of its run is over. */
export async function recordEnded(
  client: Client,
  target: Target,
  { record, hold }: EndingStop,
  queue = RUNBOOKS_QUEUE,
): Promise<void> {
  const { name } = target;
  const held: Hold = { ...hold, by: record.run };
  // The record last: while it is not there, this is tried again.
  if (Date.parse(hold.until) > Date.now())
    await client.workflow.signalWithStart('suppression', {
      workflowId: `suppression/${name}`,
      taskQueue: queue,
      signal: 'hold',
      signalArgs: [held],
      staticSummary: `Alerts of ${name} are held back`,
    });
  const said: AlertReport = {
    target: name,
    fingerprint: FINGERPRINT,
    status: 'resolved',
    origin: 'run',
    severity: 'sev2',
    title: `The application has ended, as ${record.by} had asked: ${name}`.slice(0, 300),
    source: record.run,
    at: new Date().toISOString(),
  };
  await signalIfOpen(client, incidentId(name, FINGERPRINT), 'report', said);
  settleEndingStop(target);
}
