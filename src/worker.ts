import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import {
  bundleWorkflowCode,
  type NativeConnection,
  Worker,
  type WorkerInterceptors,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { alertActivities } from './activities/alerts/alert-activities.ts';
import { createSystems } from './activities/index.ts';
import { incidentActivities } from './activities/served-by-worker/incidents.ts';
import { noticeActivities } from './activities/served-by-worker/notices.ts';
import { pageActivities } from './activities/served-by-worker/pages.ts';
import { runActivities } from './activities/served-by-worker/runs.ts';
import { targetActivities } from './activities/served-by-worker/target.ts';
import { RUNBOOKS_QUEUE, targetQueue } from './config/queues.ts';
import type { Target } from './config/schema/target.ts';
import { version } from './config/version.ts';
import { bundleNotes } from './notify/bundle-notes.ts';
import { openChannels } from './notify/channels/open-channels.ts';
import type { Deliver } from './notify/deliver.ts';
import { openProcessPool, type ProcessPool } from './worker-process/process-pool.ts';

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
  /** Default `runbooks`. */
  readonly queue?: string;
  /** The targets whose people this worker can notify. Default: `targets`. */
  readonly known?: readonly Target[];
  /** How a message reaches a contact. Default: by the target's channels. */
  readonly deliver?: Deliver;
  readonly interceptors?: WorkerInterceptors;
}

export interface RunningWorker {
  /** Settles when it has stopped; rejects when it could not go on. */
  readonly stopped: Promise<void>;
  /** Lets running activities finish for 30 s, then calls them off: they are tried again elsewhere or later. */
  stop(): Promise<void>;
}

/** The composition root: targets -> systems -> activities -> Workers. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { connection, namespace, targets, searchAttributes, workflowBundle } = options;
  const { known = targets, deliver = bundleNotes(byChannels, options.queue) } = options;
  const pool = openProcessPool();
  const common = {
    connection,
    namespace,
    identity: `runbook@${hostname()}#${version}`,
    shutdownGraceTime: '30s',
    // Else the SDK holds heartbeats back for 8 s of the 10, and 2 s of a busy machine end a living attempt.
    maxHeartbeatThrottleInterval: '2s',
    ...(options.interceptors && { interceptors: options.interceptors }),
  } as const;

  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: options.queue ?? RUNBOOKS_QUEUE,
      workflowBundle,
      maxCachedWorkflows: CACHED_WORKFLOWS,
      activities: {
        ...noticeActivities(known, deliver, options.queue),
        ...pageActivities(known, deliver, { searchAttributes }),
        ...incidentActivities(options.queue),
      },
    }),
    ...targets.map((target) =>
      Worker.create({
        ...common,
        taskQueue: targetQueue(target.name),
        activities: {
          ...targetActivities(target, { searchAttributes }),
          ...runActivities(target),
          ...prefixed('alerts', alertActivities(target, options.queue)),
          ...systemActivities(target, pool),
        },
      }),
    ),
  ]);

  const stopped = Promise.all(workers.map((worker) => worker.run())).then(
    () => pool.close(),
    (error: unknown) => {
      pool.close();
      throw error;
    },
  );
  return {
    stopped,
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await stopped;
    },
  };
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
    logger: quiet,
  });
}

const byChannels: Deliver = (target, page) => openChannels(target).send(page);

function prefixed(system: string, activities: object): Record<string, never> {
  const named = Object.entries(activities).map(([name, activity]) => [
    `${system}.${name}`,
    activity,
  ]);
  return Object.fromEntries(named);
}

/** Every activity of every system, done by a job process while this process sends its heartbeats. */
function systemActivities(target: Target, pool: ProcessPool) {
  const systems: Record<string, object> = createSystems(target, '');
  const types = Object.entries(systems).flatMap(([system, actions]) =>
    Object.keys(actions).map((action) => `${system}.${action}`),
  );
  return Object.fromEntries(
    types.map((activity) => [
      activity,
      async (...args: unknown[]): Promise<unknown> => {
        const { workflowExecution, startToCloseTimeoutMs } = activityInfo();
        const run = workflowExecution!.workflowId;
        const deadline = Date.now() + startToCloseTimeoutMs;
        const heartbeats = setInterval(heartbeat, 2000);
        try {
          return await pool.do({ target, run, activity, args, deadline }, cancellationSignal());
        } finally {
          clearInterval(heartbeats);
        }
      },
    ]),
  );
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
