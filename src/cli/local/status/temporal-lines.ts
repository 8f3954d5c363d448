import type { Client } from '@temporalio/client';
import { connect } from '../../../client/connection/connect.ts';
import { connectionSettings } from '../../../client/connection/connection-settings.ts';
import { expectWorker } from '../../../client/connection/pollers.ts';
import { unreachableErrorOf } from '../../../client/connection/unreachable-error-of.ts';
import { UnreachableError } from '../../../client/connection/unreachable-error.ts';
import { listIncidents } from '../../../client/incidents/list-incidents.ts';
import { silencesOf } from '../../../client/incidents/silences.ts';
import { explainRun, STUCK } from '../../../client/runs/explain-run.ts';
import { listRuns } from '../../../client/runs/list-runs.ts';
import { findOnce } from '../../../client/schedules/found-schedules.ts';
import { missedRuns } from '../../../client/schedules/missed-runs.ts';
import { viewSchedules } from '../../../client/schedules/view-schedules.ts';
import { differenceFrom } from '../../../client/serving/differences.ts';
import { withLastServer } from '../../../client/serving/last-server.ts';
import { servingWorkers } from '../../../client/serving/serving-workers.ts';
import type { Target } from '../../../config/schema/target.ts';
import { isGrave } from '../../../config/schema/values/severity.ts';
import { plainLine } from '../../../config/text/plain-text.ts';
import { matchText } from '../../../incident/beside/silence.ts';
import { timeText } from '../../../report/times.ts';
import type { StatusLine } from './status-line.ts';
import { nextStarts } from '../../output/schedule-lines.ts';

/** To connect, and for all that is asked: a monitoring system waits 10 s for the whole. In ms. */
const WITHIN = 2000;
/** For the answer of a run whose worker may have been killed: then its history must still be read in time. In ms. */
const PATIENCE = 1000;
const MAX_RUNS = 10;
const NEXT = 3;

/** What Temporal knows of a target: who serves it, what runs, what is wrong, what starts next. One that does not answer is a line. */
export async function temporalLines(target: Target): Promise<StatusLine[]> {
  let client: Client;
  try {
    client = await connect({ within: WITHIN });
  } catch (error) {
    return [noAnswer(error as Error)];
  }
  try {
    return await client.withDeadline(Date.now() + WITHIN, () => linesFrom(client, target));
  } catch (error) {
    return [noAnswer(error as Error, client)];
  } finally {
    await client.connection.close();
  }
}

/** The same over a connection that is there. What cannot be told hides nothing else. Errors are those of the client, when nothing came. */
export async function linesFrom(client: Client, target: Target): Promise<StatusLine[]> {
  // The first always ask: what starts by itself may be nothing.
  const parts = [runs, incidents, heldBack, silenced, workers, schedules];
  const ends = await Promise.allSettled(parts.map((part) => part(client, target)));
  const [lost, ...others] = ends.slice(0, 3);
  if (lost?.status === 'rejected' && others.every(({ status }) => status === 'rejected'))
    throw lost.reason as Error;
  return ends.flatMap((end) =>
    end.status === 'fulfilled' ? end.value : [noAnswer(end.reason as Error, client)],
  );
}

/** Why nothing came. `client`: it was connected before. */
export function noAnswer(error: Error & { hint?: string }, client?: Client): StatusLine {
  const facts = { subject: 'temporal', verdict: 'unknown' } as const;
  if (!client) {
    const { message, hint } = error;
    return { ...facts, text: message, ...(hint && { hint }) };
  }
  const { address } = connectionSettings();
  const text = (unreachableErrorOf(error, client) ?? error).message;
  return { ...facts, text: `${address} does not say: ${text}` };
}

async function workers(client: Client, target: Target): Promise<StatusLine[]> {
  const subject = 'worker';
  try {
    await expectWorker(client, target.name);
  } catch (error) {
    if (unreachableErrorOf(error, client)) throw error;
    if (!(error instanceof UnreachableError)) throw error;
    const { message, hint } = await withLastServer(client, target.name, error);
    return [{ subject, verdict: 'critical', text: message, hint }];
  }
  const serving = await servingWorkers(client, target.name);
  if (serving.length === 0)
    return [{ subject, verdict: 'ok', text: 'one polls, of a version that says no more' }];
  return serving.map((worker) => {
    const { hostname, pid, version, policy } = worker;
    const difference = differenceFrom(target, worker);
    const text = `process ${pid} on ${hostname}, version ${version}, policy ${policy}`;
    return difference === undefined
      ? { subject, verdict: 'ok', text }
      : { subject, verdict: 'warning', text: difference, hint: `runbook doctor ${target.name}` };
  });
}

/** Each that is open, and whom it waits for. */
async function runs(client: Client, { name }: Target): Promise<StatusLine[]> {
  const open = await listRuns(client, { target: name, states: ['running'], limit: MAX_RUNS });
  return Promise.all(
    open.runs.map(async ({ run }): Promise<StatusLine> => {
      const { sentence } = await explainRun(client, run, PATIENCE);
      const text = `${run}: ${sentence}`;
      const hint = `runbook explain ${run}`;
      if (sentence.startsWith(STUCK)) return { subject: 'run', verdict: 'critical', text, hint };
      const waits = sentence.startsWith('Waiting for');
      return waits
        ? { subject: 'run', verdict: 'warning', text, hint }
        : { subject: 'run', verdict: 'ok', text };
    }),
  );
}

async function incidents(client: Client, { name }: Target): Promise<StatusLine[]> {
  const open = await listIncidents(client, { target: name, open: true });
  const subject = 'incident';
  if (open.length === 0) return [{ subject, verdict: 'ok', text: 'none is open' }];
  return open.map(({ id, state, severity, openedAt, title }) => {
    const name = title === undefined ? id : `${plainLine(title, 120)} (${id})`;
    const text = `${name}: ${[severity, state].filter(Boolean).join(', ')} since ${timeText(openedAt)}`;
    const verdict = severity && isGrave(severity) ? 'critical' : 'warning';
    return { subject, verdict, text, hint: `runbook incidents show ${id}` };
  });
}

/** As long as its workflow is open, nobody hears of alerts. */
async function heldBack(client: Client, { name }: Target): Promise<StatusLine[]> {
  const query = `WorkflowId = 'suppression/${name}' AND ExecutionStatus = 'Running'`;
  const { count } = await client.workflow.count(query);
  if (count === 0) return [];
  return [
    { subject: 'alerts', verdict: 'warning', text: 'they are held back: nobody hears of them' },
  ];
}

/** Each, and what it keeps quiet, or will. */
async function silenced(client: Client, { name }: Target): Promise<StatusLine[]> {
  const now = Date.now();
  const known = await silencesOf(client, name);
  return known.map(({ match, from, until, by, reason }): StatusLine => {
    const isNow = Date.parse(from) <= now;
    const when = `${isNow ? '' : `from ${timeText(from)} `}until ${timeText(until)}`;
    return {
      subject: 'alerts',
      verdict: isNow ? 'warning' : 'ok',
      text: `${by} has silenced ${matchText(match)} ${when}: ${reason}`,
      hint: `runbook incidents silences list -t ${name}`,
    };
  });
}

async function schedules(client: Client, target: Target): Promise<StatusLine[]> {
  const find = findOnce(client);
  const [{ schedules: views }, late] = await Promise.all([
    viewSchedules(client, [target], { find }),
    missedRuns(client, [target], { find }),
  ]);
  const subject = 'schedules';
  const unsynced = views.filter(({ state }) => state === 'missing' || state === 'differs');
  const paused = views.filter(({ state }) => state === 'paused');
  const missed = late.filter(({ due }) => due !== undefined);
  const next = nextStarts(views, NEXT).map(({ id, at }) => `${id} ${timeText(at)}`);
  return [
    ...missed.map(({ sentence }): StatusLine => ({
      subject,
      verdict: 'warning',
      text: sentence,
      hint: 'runbook schedules check',
    })),
    ...(unsynced.length === 0 ? [] : [notSynced(unsynced.map(({ id }) => id))]),
    ...paused.map(({ id, note }): StatusLine => ({
      subject,
      verdict: 'warning',
      text: `${id} is paused${note === undefined ? '' : `: ${note}`}`,
    })),
    { subject: 'next', verdict: 'ok', text: next.join(', ') || 'nothing starts by itself' },
  ];
}

function notSynced(ids: readonly string[]): StatusLine {
  return {
    subject: 'schedules',
    verdict: 'warning',
    text: `not in Temporal as the target says: ${ids.join(', ')}`,
    hint: 'runbook schedules sync --plan',
  };
}
