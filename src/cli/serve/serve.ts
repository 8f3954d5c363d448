import { Client, Connection } from '@temporalio/client';
import {
  type ActivityInterceptorsFactory,
  NativeConnection,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { grpcCompressionFor } from '../../client/connection/grpc-compression-for.ts';
import { isClosed } from '../../client/connection/is-closed.ts';
import { prepareNamespace } from '../../client/connection/prepare-namespace.ts';
import { targetNameIn } from '../../config/run-id.ts';
import type { Target } from '../../config/schema/target.ts';
import { bundleWorkflows, type RunningWorker, startWorker } from '../../worker.ts';
import { say, sayOf } from '../output/say.ts';
import { watchReadings } from './data/watch-readings.ts';
import { keepStatus } from './status/keep-status.ts';
import { statusSender } from './status/send-status.ts';
import { openKnownTargets } from './known-targets.ts';
import type { Metrics } from './metrics/start-metrics.ts';
import { openRegistration } from './place/registration.ts';
import { reportFigures } from './report-figures.ts';
import { schedulesAtStart } from './schedules-at-start.ts';
import { startAtBoot } from './start-at-boot.ts';
import { watchPlaces } from './place/watch-places.ts';
import { watchStuck } from './stuck/watch-stuck.ts';
import { watchTargets } from './watch-targets.ts';
import { expectFit } from './upgrade/expect-fit.ts';

interface ServeOptions {
  readonly address: string;
  readonly namespace: string;
  readonly connectionOptions?: object;
  readonly targets: readonly Target[];
  readonly workflowBundle?: WorkflowBundleOption;
  /** False: the targets' schedules stay as they are. */
  readonly schedules?: boolean;
  /** True: the targets are moved here, whoever else serves them. */
  readonly takeOver?: boolean;
  /** True: the server ends with this process. */
  readonly isOurs?: boolean;
  /** True: it serves also where this version leaves open runs standing still. */
  readonly force?: boolean;
  /** True: what changes in the targets' files is taken over. */
  readonly follow?: boolean;
  /** Is told what it serves. Whoever gives it closes it. */
  readonly metrics?: Pick<Metrics, 'begin'> | undefined;
}

/**
 * Prepares the namespace and starts a worker in it, which takes changes of its targets' files over. Stopping it closes its
 * connections, too. Error: `UsageError` while another place serves one of the targets, or this version does not carry on what is open.
 */
export async function serve(
  options: ServeOptions,
): Promise<Pick<RunningWorker, 'stopped' | 'stop'>> {
  const { address, namespace, targets, connectionOptions, schedules = true } = options;
  const { takeOver = false, isOurs = false } = options;
  const sender = statusSender();
  const clientConnection = await Connection.connect({ ...connectionOptions, address });
  const client = new Client({ connection: clientConnection, namespace });
  const registration = openRegistration(client, targets, { takeOver, isOurs });
  let connection: NativeConnection | undefined;
  const close = async (): Promise<void> => {
    await connection?.close();
    await clientConnection.close();
  };
  try {
    // Before anything may be refused: the SDK's own part ends, and lets the process end, with its last connection.
    connection = await NativeConnection.connect({
      grpcCompression: grpcCompressionFor(address),
      ...connectionOptions,
      address,
    });
    await registration.expectFree();
    const prepared = await prepareNamespace(client);
    for (const finding of prepared.findings) say(`Warning: ${finding}`);
    const workflowBundle = once(async () => options.workflowBundle ?? bundleWorkflows());
    await expectFit(client, { bundle: workflowBundle, force: options.force ?? false });
    await registration.take();
    if (schedules) await schedulesAtStart(client, targets);
    const known = openKnownTargets(targets);
    const report = reportFigures(client);
    let status: ReturnType<typeof keepStatus> | undefined;
    const worker = await startWorker({
      connection,
      namespace,
      targets,
      known: known.current,
      searchAttributes: prepared.searchAttributes,
      closed: isClosed(connectionOptions),
      workflowBundle: await workflowBundle(),
      registry: registration,
      interceptors: { activity: [afterEach((name) => status?.changed(name))] },
      sampling: {
        tell: (line, target) => sayOf({ target }, line),
        async judge(target, figures) {
          try {
            return await report(target, figures);
          } finally {
            status?.sampled(target);
          }
        },
      },
    });
    const kept = keepStatus(client, targets, sender);
    status = kept;
    const served = new Set(targets.map(({ name }) => name));
    const here = () => known.current().filter(({ name }) => served.has(name));
    options.metrics?.begin(client, here);
    // One that serves workflows only looks after all whose people it can tell.
    const watched = targets.length === 0 ? known.current : here;
    const release = (name: string) => {
      kept.forget(name);
      served.delete(name);
      return worker.release(name);
    };
    const watches = [
      ...(options.follow
        ? [watchTargets({ client, targets, worker, registration, known, schedules })]
        : []),
      watchPlaces({ targets, worker: { release }, registration }),
      startAtBoot(client, targets),
      watchStuck({ client, targets: watched }),
      ...(prepared.searchAttributes ? [watchReadings({ client, targets: here })] : []),
      kept,
    ];
    const endWatches = () => Promise.all(watches.map((watch) => watch.stop()));
    const stopped = (async () => {
      try {
        await worker.stopped;
      } finally {
        await endWatches();
        await close();
      }
    })();
    stopped.catch(() => {});
    return {
      stopped,
      async stop() {
        await endWatches();
        await worker.stop();
        await stopped;
      },
    };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}

/** Tells of which target a run or an incident has had something done. */
function afterEach(tell: (target: string | undefined) => void): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } finally {
          // `<runbook>/<target>/<stamp>`, `incident/<target>/<fingerprint>`
          tell(info.workflowExecution && targetNameIn(info.workflowExecution.workflowId));
        }
      },
    },
  });
}
