import { readFileSync } from 'node:fs';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { grpcCompressionFor } from '../../src/client/connection/grpc-compression-for.ts';
import type { Target } from '../../src/config/schema/target.ts';
import { startWorker } from '../../src/worker.ts';

export interface WorkerProcessConfig {
  readonly address: string;
  readonly namespace: string;
  readonly target: Target;
  readonly queue: string;
  readonly codePath: string;
  /** Kills this process with -9 at the first attempt of an activity: before it, while it works, or when only its result is lost. */
  readonly kill?: { readonly activity: string; readonly when: 'before' | 'during' | 'after' };
}

/** A worker in a process of its own, which may be told to die. Usage: worker-process.ts <config file> */
const config = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as WorkerProcessConfig;
const { address, namespace, target, queue, codePath, kill } = config;

Runtime.install({ logger: new DefaultLogger('ERROR') });
const connection = await NativeConnection.connect({
  address,
  grpcCompression: grpcCompressionFor(address),
});
await startWorker({
  connection,
  namespace,
  targets: [target],
  searchAttributes: true,
  workflowBundle: { codePath },
  queue,
  interceptors: {
    activity: [
      ({ info }) => ({
        inbound: {
          async execute(input, next) {
            if (!kill || info.activityType !== kill.activity || info.attempt > 1)
              return next(input);
            if (kill.when === 'before') die();
            if (kill.when === 'during') setTimeout(die, 10);
            const result = await next(input);
            return die() ?? result;
          },
        },
      }),
    ],
  },
});
process.once('disconnect', () => process.exit()); // the test is gone
process.send?.('polling');

function die(): undefined {
  process.kill(process.pid, 'SIGKILL');
  return undefined;
}
