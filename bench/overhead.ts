import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { grpcCompressionFor } from '../src/client/connection/grpc-compression-for.ts';
import { prepareNamespace } from '../src/client/connection/prepare-namespace.ts';
import { targetQueue } from '../src/config/queues.ts';
import { type SqliteTarget, Target } from '../src/config/schema/target.ts';
import { findTemporal } from '../src/dev/server/find-temporal.ts';
import { startTemporal } from '../src/dev/server/start-temporal.ts';
import { bundleWorkflows, startWorker } from '../src/worker.ts';

type Notify = (line: string) => void;

const STEPS = 20;
const RUNS = 5;
const ROUNDS = 5;
const NAMESPACE = 'bench';
/** Each adds something to the one before it. */
const CONTENDERS = {
  bare: 'stock workflow, activity in the worker',
  byHand: 'stock workflow, the same by a job process',
  reading: 'runbook, reading steps',
  changing: 'runbook, acting steps under the claim',
} as const;
type Name = keyof typeof CONTENDERS;
const names = Object.keys(CONTENDERS) as Name[];

interface Measured {
  readonly msPerStep: number;
  readonly msPerRun: number;
}

/** What the engine costs a step, and a run: the same activity that does nothing, called by a runbook and by a stock workflow. */
export async function run(tell: Notify) {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  await using parts = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  parts.defer(() => rmSync(directory, { recursive: true, force: true }));
  const { path } = await findTemporal({ onProgress: tell });
  const dataFile = join(directory, 'temporal.db');
  const options = {
    path,
    dataFile,
    durability: 'NORMAL',
    namespace: NAMESPACE,
    ui: false,
  } as const;
  const server = await startTemporal(options);
  parts.defer(() => server.stop());
  const client = await serve(server.address, targetIn(directory), parts);

  const rounds: Record<Name, Measured>[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const measured = {} as Record<Name, Measured>;
    for (const name of names) measured[name] = await measure(client, name);
    if (round === 0) continue; // it warms up
    rounds.push(measured);
    tell(`round ${round}: ${names.map((name) => text(name, measured[name])).join(', ')}`);
  }
  const middle = (name: Name, what: keyof Measured) =>
    median(rounds.map((round) => round[name][what]));
  const comparisons = names.map((name) => ({
    name: CONTENDERS[name],
    msPerStep: middle(name, 'msPerStep'),
    msPerRun: middle(name, 'msPerRun'),
    ratio: median(rounds.map((round) => round[name].msPerStep / round.bare.msPerStep)),
  }));
  for (const { name, msPerStep, msPerRun, ratio } of comparisons)
    tell(
      `median: ${name.padEnd(40)} ${msPerStep.toFixed(1)} ms a step (${ratio.toFixed(2)}x), and ${msPerRun.toFixed(0)} ms a run`,
    );
  return { steps: STEPS, rounds: ROUNDS, unit: 'ms per step', comparisons };
}

/** From runs of one step and of many: what each further step costs, and what is left for beginning and end. */
async function measure(client: Client, name: Name): Promise<Measured> {
  const one: number[] = [];
  const many: number[] = [];
  for (let round = 0; round < RUNS; round += 1) {
    one.push(await milliseconds(client, name, 1));
    many.push(await milliseconds(client, name, STEPS));
  }
  const msPerStep = (median(many) - median(one)) / (STEPS - 1);
  return { msPerStep, msPerRun: median(one) - msPerStep };
}

async function milliseconds(client: Client, name: Name, steps: number): Promise<number> {
  const work = { steps, queue: targetQueue('bench') };
  const envelope = { target: 'bench', input: { steps }, by: 'bench' };
  const begun = performance.now();
  await client.workflow.execute(name, {
    taskQueue: NAMESPACE,
    workflowId: `${name}/${crypto.randomUUID()}`,
    args: [name === 'bare' || name === 'byHand' ? work : envelope],
  });
  return performance.now() - begun;
}

async function serve(
  address: string,
  target: SqliteTarget,
  parts: AsyncDisposableStack,
): Promise<Client> {
  const connection = await Connection.connect({ address });
  parts.defer(() => connection.close());
  const client = new Client({ connection, namespace: NAMESPACE });
  const { searchAttributes, findings } = await prepareNamespace(client);
  if (findings.length > 0) throw new Error(findings.join('; '));
  const native = await NativeConnection.connect({
    address,
    grpcCompression: grpcCompressionFor(address),
  });
  parts.defer(() => native.close());
  const workflowBundle = await bundleWorkflows(
    fileURLToPath(new URL('overhead-workflows.ts', import.meta.url)),
  );
  const common = { connection: native, namespace: NAMESPACE, workflowBundle };
  // The runbooks' worker has no activity of its own: the stock one gets a worker beside it, on a queue of its own.
  const runbooks = await startWorker({
    ...common,
    targets: [target],
    searchAttributes,
    queue: NAMESPACE,
  });
  parts.defer(() => runbooks.stop());
  const touching = await Worker.create({
    connection: native,
    namespace: NAMESPACE,
    taskQueue: 'touch',
    activities: { touch: async () => {} },
  });
  const touched = touching.run();
  parts.defer(async () => {
    touching.shutdown();
    await touched;
  });
  return client;
}

function targetIn(directory: string): SqliteTarget {
  const state = join(directory, 'state');
  mkdirSync(state);
  return Target.parse({
    name: 'bench',
    directory,
    state,
    runtime: { kind: 'process', command: ['false'], log: join(directory, 'app.log') },
    app: { url: 'http://127.0.0.1:1/', health: 'http://127.0.0.1:1/', timeout: '2s' },
    database: { kind: 'sqlite', file: join(directory, 'app.db'), keyTable: 'none' },
    backups: { directory: join(directory, 'backups') },
  }) as SqliteTarget;
}

function text(name: Name, { msPerStep }: Measured): string {
  return `${name} ${msPerStep.toFixed(1)} ms a step`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
