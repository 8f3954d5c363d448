import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import { grpcCompressionFor } from '../src/client/connection/grpc-compression-for.ts';
import { findTemporal } from '../src/dev/server/find-temporal.ts';
import { freePort } from '../src/dev/server/free-port.ts';
import { startLifeline } from '../src/dev/server/lifeline.ts';
import { startTemporal } from '../src/dev/server/start-temporal.ts';

/** Long enough that the stock server has used up its burst and shows its lasting pace. */
const STEPS = 200;
const ROUNDS = 3;

interface Contender {
  readonly name: string;
  readonly address: string;
  readonly namespace: string;
  /** As the product connects to a server on this machine. The stock one is met with the SDK's own settings. */
  readonly connection: object;
  stop(): Promise<void>;
}

type Notify = (line: string) => void;

/** Milliseconds per durable step: the embedded server as we start it, beside the same server with stock settings. */
export async function run(tell: Notify) {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const { path } = await findTemporal({ onProgress: tell });
  const contenders = [
    await stock(path, directory),
    await ours(path, directory, 'NORMAL'),
    await ours(path, directory, 'FULL'),
  ];
  try {
    const measured = new Map<string, number[]>();
    for (let round = 1; round <= ROUNDS; round += 1)
      for (const contender of contenders) {
        const milliseconds = await millisecondsPerStep(contender);
        tell(`round ${round}: ${contender.name.padEnd(16)} ${milliseconds.toFixed(1)} ms a step`);
        measured.set(contender.name, [...(measured.get(contender.name) ?? []), milliseconds]);
      }
    const [stockMs, normalMs, fullMs] = contenders.map(({ name }) =>
      median(measured.get(name)!),
    ) as [number, number, number];
    tell(
      `median: stock ${stockMs.toFixed(1)} ms, embedded NORMAL ${normalMs.toFixed(1)} ms ` +
        `(${(stockMs / normalMs).toFixed(1)}x), embedded FULL ${fullMs.toFixed(1)} ms (${(stockMs / fullMs).toFixed(1)}x)`,
    );
    return {
      steps: STEPS,
      rounds: ROUNDS,
      unit: 'ms per step',
      stock: stockMs,
      comparisons: [
        { name: 'embedded NORMAL', value: normalMs, ratio: stockMs / normalMs },
        { name: 'embedded FULL', value: fullMs, ratio: stockMs / fullMs },
      ],
    };
  } finally {
    for (const contender of contenders) await contender.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function ours(
  path: string,
  directory: string,
  durability: 'NORMAL' | 'FULL',
): Promise<Contender> {
  const dataFile = join(directory, `${durability}.db`);
  const server = await startTemporal({ path, dataFile, durability, namespace: 'bench', ui: false });
  return {
    ...server,
    name: `embedded ${durability}`,
    namespace: 'bench',
    connection: { grpcCompression: grpcCompressionFor(server.address) },
  };
}

async function stock(path: string, directory: string): Promise<Contender> {
  const port = await freePort(17_233);
  const address = `127.0.0.1:${port}`;
  const server = await startLifeline(
    path,
    [
      'server',
      'start-dev',
      '--headless',
      '--port',
      `${port}`,
      '--db-filename',
      join(directory, 'stock.db'),
    ],
    { log: join(directory, 'stock.log') },
  );
  const connection = await Connection.connect({ address, connectTimeout: '30s' });
  await connection.close();
  return {
    name: 'stock',
    address,
    namespace: 'default',
    connection: {},
    stop: () => server.stop(),
  };
}

async function millisecondsPerStep(contender: Contender): Promise<number> {
  const { address, namespace } = contender;
  const connection = await NativeConnection.connect({ address, ...contender.connection });
  const client = new Client({ connection, namespace });
  const taskQueue = crypto.randomUUID();
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: await bundle(),
    activities: { touch: async () => {} },
  });
  try {
    return await worker.runUntil(async () => {
      const begun = performance.now();
      await client.workflow.execute('steps', {
        taskQueue,
        workflowId: taskQueue,
        args: [{ steps: STEPS }],
      });
      return (performance.now() - begun) / STEPS;
    });
  } finally {
    await connection.close();
  }
}

let bundled: ReturnType<typeof bundleWorkflowCode> | undefined;

function bundle(): ReturnType<typeof bundleWorkflowCode> {
  bundled ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('step-workflow.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  return bundled;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
