import type { Client } from '@temporalio/client';
import { expectWorker, heardOf } from '../../../client/connection/pollers.ts';
import { UnreachableError } from '../../../client/connection/unreachable-error.ts';
import { misplacedRuns } from '../../../client/runs/stuck/misplaced-runs.ts';
import { type StuckRun, stuckRuns } from '../../../client/runs/stuck/stuck-runs.ts';
import { differenceFrom } from '../../../client/serving/differences.ts';
import { withLastServer } from '../../../client/serving/last-server.ts';
import { servingWorkers } from '../../../client/serving/serving-workers.ts';
import type { Target } from '../../../config/schema/target.ts';
import type { ServingWorker } from '../../../config/serving.ts';
import type { Finding } from './inspect.ts';

/** Who serves a target, from where, and whether as its file here says. */
export async function workerFindings(client: Client, target: Target): Promise<Finding[]> {
  const { name } = target;
  const subject = `Worker for ${name}`;
  try {
    await expectWorker(client, name);
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    const { message, hint } = await withLastServer(client, name, error);
    return [{ subject, state: 'missing', finding: message, hint }];
  }
  const workers = await servingWorkers(client, name);
  const polling = await heardOf(client, name);
  const unnamed = polling.filter((one) => !workers.some(({ identity }) => identity === one));
  const differences = workers.flatMap((worker) => differenceFrom(target, worker) ?? []);
  const places = new Set(workers.map(({ place }) => place));
  const hint = `runbook target check targets/${name}.yaml, and runbook worker ${name}`;
  return [
    { subject, state: 'ok', finding: ['polls', ...workers.map(textOf)].join('; ') },
    ...differences.map((finding): Finding => ({ subject, state: 'missing', finding, hint })),
    ...(places.size > 1 ? [twoPlaces(subject, workers)] : []),
    ...(await stuckRuns(client, [name])).map((one) => stuck(name, one)),
    ...(await misplacedRuns(client, name)).map((one) => stuck(name, one)),
    // It was there before this one registered, or is of a version that says nothing.
    ...(workers.length > 0 && unnamed.length > 0 ? [unknown(subject, unnamed)] : []),
  ];
}

function textOf({ pid, hostname, version, policy, since, state }: ServingWorker): string {
  return `process ${pid} on host "${hostname}", version ${version}, by policy ${policy} since ${since}, state in "${state}"`;
}

function twoPlaces(subject: string, workers: readonly ServingWorker[]): Finding {
  const finding = `two places serve it: ${workers.map(textOf).join('; ')}`;
  return { subject, state: 'missing', finding, hint: 'stop the worker of the wrong one' };
}

function stuck(target: string, { run, reason }: Pick<StuckRun, 'run' | 'reason'>): Finding {
  const finding = `"${run}" does not go on: ${reason}`;
  return {
    subject: `Runs of ${target}`,
    state: 'missing',
    finding,
    hint: `runbook explain ${run}`,
  };
}

function unknown(subject: string, identities: readonly string[]): Finding {
  const finding = `polled of late also by ${identities.join(', ')}, from a place that nobody knows`;
  return { subject, state: 'optional', finding };
}
