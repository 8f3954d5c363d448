import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  type NativeConnection,
  Worker,
  type WorkerInterceptors,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { incidentActivities } from './activities/served-by-worker/incidents.ts';
import { noticeActivities } from './activities/served-by-worker/notices.ts';
import { pageActivities } from './activities/served-by-worker/pages.ts';
import { peopleActivities } from './activities/served-by-worker/people.ts';
import { RUNBOOKS_QUEUE, targetQueue } from './config/queues.ts';
import type { Target } from './config/schema/target.ts';
import { secretVariablesIn } from './config/schema/values/secret.ts';
import { workerIdentity } from './config/version.ts';
import { paceMessages } from './notify/pace-messages.ts';
import type { Deliver } from './notify/deliver.ts';
import { ensurePlace } from './state/place.ts';
import { openProcessPool } from './worker-process/process-pool.ts';
import { expectingArguments } from './worker/arguments/expect-arguments.ts';
import { openPolicies } from './worker/policies.ts';
import { bundleBuild } from './worker/upgrade/bundle-build.ts';
import { startBlockKeeper } from './worker/block-keeper.ts';
import { type Sampling, startSampler } from './worker/sampler.ts';
import { openTargetActivities } from './worker/target-activities.ts';

/**
 * Workflows that are kept in memory between their tasks; the others are replayed. The worker stands beside the application, and each
 * takes about 1 MiB: with 1500 open incidents it needs 0.6 GiB, with the SDK's own limit 2.8, and is no faster for it.
 */
const CACHED_WORKFLOWS = 100;

export interface WorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** The targets that stand beside this worker. None: it serves workflows and notices only. */
  readonly targets: readonly Target[];
  /** Whether the namespace has our search attributes. */
  readonly searchAttributes: boolean;
  readonly workflowBundle: WorkflowBundleOption;
  /** Nobody reaches the server who has no certificate: the login that a message names counts as known then. Default false. */
  readonly closed?: boolean;
  /** Default `runbooks`. */
  readonly queue?: string;
  /** The targets whose people this worker can notify, as they are at each moment. Default: `targets`. */
  readonly known?: readonly Target[] | (() => readonly Target[]);
  /** How a message reaches a contact. Default: by the target's channels. */
  readonly deliver?: Deliver;
  readonly interceptors?: WorkerInterceptors;
  /** Keeps a second place from serving the same target. Missing: nobody is asked. */
  readonly registry?: Registry;
  /** Missing: nothing is measured. */
  readonly sampling?: Sampling;
  /** The file of the program in which activities are done. Default: our own. */
  readonly jobProcess?: string;
}

/** Called when workflows are served already, which it may need. */
export interface Registry {
  /** Before the target is polled for. `place`: missing where its state directory cannot be written. A refusal stops the worker. */
  readonly register: (
    target: Target,
    place: string | undefined,
    trouble?: unknown,
  ) => Promise<void>;
  /** After the last activity of any target has ended. */
  readonly leave: () => Promise<void>;
}

export interface RunningWorker {
  /** Settles when it has stopped; rejects when it could not go on. */
  readonly stopped: Promise<void>;
  /** Lets running activities finish for 30 s, then calls them off: they are tried again elsewhere or later. */
  stop(): Promise<void>;
  /** Runs that begin from now on do by this policy of a target that is served; others go on by their own. */
  change(target: Target): void;
  /** Serves the target no more. Its activities that are under way finish. */
  release(target: string): Promise<void>;
}

/** The composition root: targets -> systems -> activities -> Workers. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { connection, namespace, targets, searchAttributes, workflowBundle, registry } = options;
  const { closed = false, queue, deliver = paceMessages({ queue }) } = options;
  const policies = new Map(targets.map((target) => [target.name, openPolicies(target)]));
  const known = knownTo(
    options.known ?? (() => [...policies.values()].map((one) => one.current())),
  );
  const pool = openProcessPool(options.jobProcess, (target) =>
    secretVariablesIn([target, ...known()]),
  );
  const common = {
    connection,
    namespace,
    identity: workerIdentity(),
    shutdownGraceTime: '30s',
    // Else the SDK holds heartbeats back for 8 s of the 10, and 2 s of a busy machine end a living attempt.
    maxHeartbeatThrottleInterval: '2s',
  } as const;
  // Before all others, so that nobody else sees what is refused.
  const { activity = [] } = options.interceptors ?? {};
  const interceptors = { ...options.interceptors, activity: [expectingArguments, ...activity] };
  const all: Running[] = [];
  const workflows = begin(
    await Worker.create({
      ...common,
      interceptors,
      taskQueue: queue ?? RUNBOOKS_QUEUE,
      workflowBundle,
      // Nothing is routed by it: history says which build decided what, and a list finds what another one has decided.
      buildId: await bundleBuild(workflowBundle),
      maxCachedWorkflows: CACHED_WORKFLOWS,
      activities: {
        ...noticeActivities(known, deliver, queue),
        ...pageActivities(known, deliver, { searchAttributes }),
        ...incidentActivities(queue),
        ...peopleActivities({ closed }),
      },
    }),
  );
  const beside = new Map<string, Running>();
  /** What goes on beside the runs of a target. */
  const loops = new Map<string, readonly { stop(): Promise<void> }[]>();
  let stopping: Promise<void> | undefined;
  try {
    await Promise.all(targets.map(serveTarget));
  } catch (error) {
    await end();
    throw error;
  }
  const stopped = Promise.all(all.map(({ ended }) => ended)).then(close, (error: unknown) => {
    close();
    throw error;
  });
  return {
    stopped,
    async stop() {
      stopping ??= end();
      await Promise.all([stopping, stopped]);
    },
    change(target) {
      policies.get(target.name)?.change(target);
    },
    async release(target) {
      await stopLoops(loops.get(target) ?? []);
      await halt([beside.get(target)]);
    },
  };

  async function serveTarget(target: Target): Promise<void> {
    const { name } = target;
    const own = policies.get(name)!;
    if (registry) {
      let trouble: unknown;
      const place = await ensurePlace(target).catch((error: unknown) => void (trouble = error));
      await registry.register(target, place ?? undefined, trouble);
      own.keep();
    }
    const { activities, interceptor } = openTargetActivities({
      policies: own,
      pool,
      searchAttributes,
      closed,
      queue,
    });
    const worker = await Worker.create({
      ...common,
      taskQueue: targetQueue(name),
      activities,
      interceptors: { ...interceptors, activity: [...interceptors.activity, interceptor] },
    });
    beside.set(name, begin(worker));
    const { sampling } = options;
    if (!sampling || stopping) return;
    loops.set(name, [
      startSampler({ ...sampling, policies: own, pool, turn: loops.size }),
      startBlockKeeper({ policies: own, pool, tell: sampling.tell }),
    ]);
  }

  function begin(worker: Worker): Running {
    const one = { worker, ended: worker.run() };
    // Heard by `stopped`, which may come later.
    one.ended.catch(() => {});
    all.push(one);
    return one;
  }

  /** Workflows last: they are what a registry needs to take the worker's leave. */
  async function end(): Promise<void> {
    await stopLoops([...loops.values()].flat());
    await halt([...beside.values()]);
    await registry?.leave();
    await halt([workflows]);
    close();
  }

  function close(): void {
    void stopLoops([...loops.values()].flat());
    pool.close();
  }
}

async function stopLoops(all: readonly { stop(): Promise<void> }[]): Promise<void> {
  await Promise.all(all.map((one) => one.stop()));
}

function knownTo(known: NonNullable<WorkerOptions['known']>): () => readonly Target[] {
  return typeof known === 'function' ? known : () => known;
}

interface Running {
  readonly worker: Worker;
  readonly ended: Promise<void>;
}

/** Also those that could not go on: `stopped` says why. */
async function halt(some: readonly (Running | undefined)[]): Promise<void> {
  const workers = some.filter((one) => one !== undefined);
  for (const { worker } of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  await Promise.allSettled(workers.map(({ ended }) => ended));
}

/** The workflows as one file for the sandbox: the catalogue, unless another is named. About 2 s from sources; a built package carries it ready-made. */
export async function bundleWorkflows(workflowsPath?: string): Promise<WorkflowBundleOption> {
  const codePath = fileURLToPath(new URL('workflow-bundle.js', import.meta.url));
  if (workflowsPath === undefined && existsSync(codePath)) return { codePath };
  const path = (file: string) =>
    fileURLToPath(new URL(`${file}${extname(import.meta.url)}`, import.meta.url));
  return bundleWorkflowCode({
    workflowsPath: workflowsPath ?? path('workflows/all'),
    workflowInterceptorModules: [path('engine/interceptors')],
    payloadConverterPath: path('engine/border/payload-converter'),
    logger: quiet,
  });
}

const nothing = () => {};
const quiet = {
  log: nothing,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};
