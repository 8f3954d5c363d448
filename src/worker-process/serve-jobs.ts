import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ApplicationFailure } from '@temporalio/common';
import { createSystems } from '../activities/index.ts';
import { acts, actsOnHost, needsClaim } from '../os/acting.ts';
import { permanent } from '../os/failure.ts';
import { failureOf } from '../os/failure-of.ts';
import { openClaim } from '../state/claim.ts';
import { openHostClaim } from '../state/host/host-claim.ts';
import { withPlaces } from '../os/files/held/places.ts';
import { withhold } from '../os/process/inherited-environment.ts';
import type { Answer, SentJob } from './process-pool.ts';

/** Does one job after the other, each time it is sent one by the worker that started this process. */
export function serveJobs(): void {
  let watched = false;
  process.on('message', (job: SentJob) => {
    // An idle process hears of it by itself.
    if (!watched) watch(job.worker);
    watched = true;
    void answer(job);
  });
  // The worker is gone. Its commands must not outlive it: their group goes with us.
  process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
}

/** Before the first job begins, which may leave no time for it. It asks for nothing of this thread. */
function watch(worker: number): void {
  const file = new URL(`watch-worker${extname(import.meta.url)}`, import.meta.url);
  const thread = new Worker(file, { workerData: worker, env: {}, execArgv: [] });
  // Where there can be no more threads, the job goes on without: its end is heard between two calls.
  thread.on('error', () => {});
  thread.unref();
}

async function answer(job: SentJob): Promise<void> {
  const { target, run, activity, args, deadline } = job;
  withhold(job.withheld);
  try {
    const work = find(activity, createSystems(target, run) as Systems);
    const done = () => withPlaces(() => work(...args));
    const onHost = () => openHostClaim().whileHeld(run, done, deadline);
    // What needs a claim is asked this where it has waited for that.
    if (acts(work) && !needsClaim(work) && Date.now() > deadline)
      throw permanent('TooLate', `"${activity}" comes later than its attempt may act`);
    const result = needsClaim(work)
      ? await openClaim(target).whileHeld(run, actsOnHost(work) ? onHost : done, deadline)
      : await done();
    expectSmall(activity, result);
    send({ result });
  } catch (error) {
    const { type, message, nonRetryable, details } = failureOf(error);
    send({
      failure: {
        type: type ?? 'Failure',
        message,
        nonRetryable: nonRetryable ?? false,
        details: details ?? [],
      },
    });
  }
}

/** History is no store: what is longer belongs in a file, as evidence. */
const LARGEST = 64 * 1024;

function expectSmall(activity: string, result: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(result) ?? '');
  if (bytes > LARGEST)
    throw ApplicationFailure.nonRetryable(
      `"${activity}" answered ${bytes} bytes, more than ${LARGEST}: it must keep them as evidence`,
      'RunbookBug',
    );
}

type Activity = (...args: unknown[]) => Promise<unknown>;
type Systems = Record<string, Record<string, Activity>>;

function find(activity: string, systems: Systems): Activity {
  const [system, action] = activity.split('.') as [string, string];
  const found = systems[system]?.[action];
  if (!found) throw ApplicationFailure.nonRetryable(`No activity "${activity}"`, 'RunbookBug');
  return found;
}

function send(answered: Answer): void {
  // When the worker has just died nobody hears it: our end is under way.
  process.send!(answered, undefined, undefined, () => {});
}
