import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type WorkerInterceptors } from '@temporalio/worker';
import { inject } from 'vitest';
import { createSystems, type Systems } from '../../src/activities/index.ts';
import { grpcCompressionFor } from '../../src/client/connection/grpc-compression-for.ts';
import { type StartRequest, startRun } from '../../src/client/runs/start-run.ts';
import { type RunView, viewRun } from '../../src/client/runs/view-run.ts';
import type { SqliteTarget, Target } from '../../src/config/schema/target.ts';
import { createDemoWorld } from '../../src/dev/demo/demo-target.ts';
import { SAMPLE_TABLE } from '../../src/dev/demo/sample-database.ts';
import type { Ending } from '../../src/engine/run/ending.ts';
import { type RunningWorker, startWorker } from '../../src/worker.ts';
import './quiet-runtime.ts';
import { reservedPort } from './reserved-port.ts';
import { targetIn, test as targetTest } from './target.ts';
import { built } from './built.ts';

/** Stands in the way of an activity: may fail before it, after it, or do something in between. */
export type Around = (
  activity: string,
  work: () => Promise<unknown>,
  args: readonly unknown[],
) => Promise<unknown>;

export interface Runs {
  readonly client: Client;
  /** Runs a runbook to its end on a worker of its own. */
  run(runbook: string, input?: object, options?: RunOptions): Promise<RunView & { ending: Ending }>;
  /** Starts one, and answers its id. */
  start(runbook: string, input?: object, options?: Partial<StartRequest>): Promise<string>;
  /** Starts a worker for runs that are begun with `start`. Whoever asks for it stops it. */
  serve(around?: Around): Promise<RunningWorker>;
  readonly queue: string;
}

interface RunOptions extends Pick<
  StartRequest,
  'because' | 'automatic' | 'outsideWindow' | 'login' | 'approve'
> {
  readonly around?: Around;
  readonly by?: string;
  readonly mode?: 'live' | 'plan';
  /** Called with the run's id once it has been started. */
  readonly meanwhile?: (run: string, client: Client) => Promise<void>;
}

/** A small sample application that runs on a database of 2000 rows, and runbooks on a real Temporal server. */
export const test = targetTest.extend<{
  journal: 'WAL' | 'DELETE';
  decisions: SqliteTarget['decisions'];
  approvals: SqliteTarget['approvals'];
  /** As if nobody reached the server without a certificate. */
  closed: boolean;
  maintenance: SqliteTarget['maintenance'];
  backups: Partial<SqliteTarget['backups']>;
  governor: SqliteTarget['governor'];
  escalation: SqliteTarget['escalation'];
  /** The program in which activities are done. */
  jobProcess: string;
  world: SqliteTarget;
  systems: Systems;
  runs: Runs;
}>({
  journal: 'WAL',
  // Nobody is there to decide.
  decisions: { wait: '0s', waitWhileDown: '0s' },
  approvals: { by: [], quorum: 1, within: '5m', unproven: 'allow' },
  closed: false,
  maintenance: undefined,
  backups: {},
  governor: { automatic: '3 per hour' },
  // Nobody but the reader of the log.
  escalation: [],
  jobProcess: ({}, use) => use(built('src/worker-process/job-process.ts')),

  world: async (
    { directory, journal, decisions, approvals, maintenance, governor, backups, escalation },
    use,
  ) => {
    const port = await reservedPort();
    const template = targetIn(directory, {
      decisions,
      approvals,
      governor,
      escalation,
      // Whom no haste is asked of, too, is notified at any hour.
      calendar: { hours: '00:00-23:59', weekend: [] },
      ...(maintenance && { maintenance }),
      backups,
      contacts: { operations: { members: ['ops-1', 'ops-2', 'ops-3'] } },
      cache: {
        kind: 'redis',
        url: `redis://127.0.0.1:${await reservedPort()}`,
        scope: 'prefix:demo:',
      },
      app: {
        kind: 'web',
        url: `http://127.0.0.1:${port}`,
        health: `http://127.0.0.1:${port}/_stcore/health`,
        timeout: '5s',
        ready: { within: '15s', every: '1s' },
      },
      database: {
        kind: 'sqlite',
        file: join(directory, 'demo.db'),
        keyTable: SAMPLE_TABLE,
        mode: '600',
      },
    });
    const { target, redis } = await createDemoWorld(template, join(directory, 'world'), {
      rows: 2000,
      journal,
    });
    const { runtime, http } = createSystems(target, 'test');
    await runtime.start();
    await http.expectReady();
    await use(target);
    await runtime.stop();
    await redis?.stop();
  },

  systems: async ({ world }, use) => use(createSystems(world, 'test')),

  runs: async ({ world, jobProcess, closed }, use) => useRuns({ world, jobProcess, closed }, use),
});

/** Lends runbooks on the real server, for one target. */
export async function useRuns(
  {
    world,
    jobProcess = built('src/worker-process/job-process.ts'),
    closed = false,
  }: { readonly world: Target; readonly jobProcess?: string; readonly closed?: boolean },
  use: (runs: Runs) => Promise<void>,
): Promise<void> {
  const { address, namespace } = inject('temporal');
  const codePath = inject('workflowBundle');
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({
    address,
    grpcCompression: grpcCompressionFor(address),
  });
  const client = new Client({ connection, namespace });
  const queue = `runbooks-${crypto.randomUUID()}`;
  const start: Runs['start'] = (runbook, input = {}, options = {}) =>
    startRun(client, { runbook, target: world.name, input, by: 'test', queue, ...options });

  const serve: Runs['serve'] = (around) =>
    startWorker({
      connection: native,
      namespace,
      targets: [world],
      searchAttributes: true,
      closed,
      workflowBundle: { codePath },
      jobProcess,
      queue,
      ...(around && { interceptors: interceptorsFor(around) }),
    });

  await use({
    client,
    queue,
    start,
    serve,
    async run(runbook, input, { around, meanwhile, by, mode, ...more } = {}) {
      const worker = await serve(around);
      try {
        const run = await start(runbook, input, {
          ...more,
          ...(by && { by }),
          ...(mode && { mode }),
        });
        await meanwhile?.(run, client);
        await client.workflow
          .getHandle(run)
          .result()
          .catch(() => {});
        const view = await viewRun(client, run);
        if (!view.ending) throw new Error(`"${run}" ended as ${view.status}, without an ending`);
        return { ...view, ending: view.ending };
      } finally {
        await worker.stop();
      }
    },
  });
  await native.close();
  await connection.close();
}

export function interceptorsFor(around: Around): WorkerInterceptors {
  return {
    activity: [
      ({ info }) => ({
        inbound: {
          execute: (input, next) => around(info.activityType, () => next(input), input.args),
        },
      }),
    ],
  };
}
