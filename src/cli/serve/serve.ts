import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type WorkflowBundleOption } from '@temporalio/worker';
import { grpcCompressionFor } from '../../client/connection/grpc-compression-for.ts';
import { prepareNamespace } from '../../client/connection/prepare-namespace.ts';
import type { Target } from '../../config/schema/target.ts';
import { bundleWorkflows, type RunningWorker, startWorker } from '../../worker.ts';
import { say } from '../output/say.ts';
import { knownTargets } from './known-targets.ts';
import { schedulesAtStart } from './schedules-at-start.ts';

interface ServeOptions {
  readonly address: string;
  readonly namespace: string;
  readonly connectionOptions?: object;
  readonly targets: readonly Target[];
  readonly workflowBundle?: WorkflowBundleOption;
  /** False: the targets' schedules stay as they are. */
  readonly schedules?: boolean;
}

/** Prepares the namespace and starts a worker in it. Stopping the worker closes the connection, too. */
export async function serve(options: ServeOptions): Promise<RunningWorker> {
  const { address, namespace, targets, connectionOptions } = options;
  const clientConnection = await Connection.connect({ ...connectionOptions, address });
  const client = new Client({ connection: clientConnection, namespace });
  const prepared = await prepareNamespace(client);
  for (const finding of prepared.findings) say(`Warning: ${finding}`);
  if (options.schedules ?? true) await schedulesAtStart(client, targets);
  await clientConnection.close();

  const connection = await NativeConnection.connect({
    grpcCompression: grpcCompressionFor(address),
    ...connectionOptions,
    address,
  });
  const worker = await startWorker({
    connection,
    namespace,
    targets,
    known: knownTargets(targets),
    searchAttributes: prepared.searchAttributes,
    workflowBundle: options.workflowBundle ?? (await bundleWorkflows()),
  });
  const stopped = (async () => {
    try {
      await worker.stopped;
    } finally {
      await connection.close();
    }
  })();
  return {
    stopped,
    async stop() {
      await worker.stop();
      await stopped;
    },
  };
}
