import type { Client } from '@temporalio/client';
import { expectWorker } from '../../client/connection/pollers.ts';
import { unreachableErrorOf } from '../../client/connection/unreachable-error-of.ts';
import { UnreachableError } from '../../client/connection/unreachable-error.ts';
import { countUntold } from '../../client/incidents/count-untold.ts';
import { stuckRuns } from '../../client/runs/stuck/stuck-runs.ts';
import { withLastServer } from '../../client/serving/last-server.ts';
import { missedRuns } from '../../client/schedules/missed-runs.ts';
import type { Target } from '../../config/schema/target.ts';
import type { Finding, Subject } from './finding.ts';

/** For all that is asked in one look. In ms. */
const WITHIN = 10_000;
const SHOWN = 3;

/**
 * What Temporal says. Where its server does not answer, that alone is told, and where nobody serves the target, what follows from it is left
 * out: nobody is told of one cause twice.
 */
export async function lookAtTemporal(
  target: Target,
  connect: () => Promise<Client>,
): Promise<Finding[]> {
  let client: Client;
  try {
    client = await connect();
  } catch (error) {
    return [unanswered(error as Error)];
  }
  try {
    return await client.withDeadline(Date.now() + WITHIN, () => askAll(client, target));
  } finally {
    await client.connection.close();
  }
}

async function askAll(client: Client, target: Target): Promise<Finding[]> {
  const worker = await ask(client, 'worker', () => workerOf(client, target));
  if (worker.subject === 'server') return [worker];
  const server: Finding = { subject: 'server', state: 'ok', text: 'Temporal answers' };
  if (worker.state !== 'ok') return [server, worker];
  const others = [
    ['runs', runs],
    ['pages', pages],
    ['schedules', schedules],
  ] as const;
  const found = await Promise.all(
    others.map(([subject, look]) => ask(client, subject, () => look(client, target))),
  );
  const lost = found.find(({ subject }) => subject === 'server');
  return lost ? [lost] : [server, worker, ...found];
}

async function ask(
  client: Client,
  subject: Subject,
  look: () => Promise<Finding>,
): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    const lost = unreachableErrorOf(error, client);
    if (lost) return unanswered(lost);
    return { subject, state: 'unknown', text: `Cannot look: ${(error as Error).message}` };
  }
}

function unanswered(error: Error & { hint?: string }): Finding {
  const { message, hint } = error;
  return { subject: 'server', state: 'wrong', text: message, ...(hint && { hint }) };
}

async function workerOf(client: Client, { name }: Target): Promise<Finding> {
  const subject = 'worker';
  try {
    await expectWorker(client, name);
    return { subject, state: 'ok', text: `a worker serves "${name}"` };
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    const { message, hint } = await withLastServer(client, name, error);
    return { subject, state: 'wrong', text: message, hint };
  }
}

async function runs(client: Client, { name }: Target): Promise<Finding> {
  const subject = 'runs';
  const stuck = await stuckRuns(client, [name]);
  if (stuck.length === 0) return { subject, state: 'ok', text: 'every open run goes on' };
  const shown = stuck
    .slice(0, SHOWN)
    .map(({ run, reason }) => `"${run}" does not go on: ${reason}`);
  const more = stuck.length > SHOWN ? [`and ${stuck.length - SHOWN} more`] : [];
  const text = [...shown, ...more].join('; ');
  return { subject, state: 'wrong', text, hint: `runbook explain ${stuck[0]!.run}` };
}

async function pages(client: Client, { name }: Target): Promise<Finding> {
  const subject = 'pages';
  const count = await countUntold(client, WITHIN, name);
  if (count === undefined) {
    const text = 'Whether somebody was told of each incident cannot be seen';
    return { subject, state: 'unknown', text, hint: 'runbook doctor' };
  }
  if (count === 0) return { subject, state: 'ok', text: 'of every incident somebody was told' };
  const one = count === 1 ? 'Of an open incident' : `Of ${count} open incidents`;
  const text = `${one} nobody was told, although it was tried`;
  return { subject, state: 'wrong', text, hint: 'runbook incidents list --open' };
}

async function schedules(client: Client, target: Target): Promise<Finding> {
  const subject = 'schedules';
  const missed = await missedRuns(client, [target]);
  if (missed.length === 0) return { subject, state: 'ok', text: 'no run is missing' };
  const shown = missed.slice(0, SHOWN).map(({ sentence }) => sentence);
  const more = missed.length > SHOWN ? [`and ${missed.length - SHOWN} more`] : [];
  const text = [...shown, ...more].join('; ');
  return { subject, state: 'wrong', text, hint: 'runbook schedules check' };
}
