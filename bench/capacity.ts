import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { catalogue } from '../src/client/catalogue.ts';
import { prepareNamespace } from '../src/client/connection/prepare-namespace.ts';
import { bundleWorkflows } from '../src/worker.ts';
import { openPlays, playable } from '../test/support/played.ts';
import { type Storage, startEmbedded, startOnPostgres } from './capacity/storage.ts';

type Notify = (line: string) => void;

const RUNS = 150;
const TARGET = 'bench';
const QUEUE = 'bench';

/**
 * What runs need of Temporal: bytes a run that reads and one that acts, and steps in a second. Every runbook whose saved run can be played,
 * by its real workflow with the answers of that run, all at once: so it is Temporal that is measured, and no backup.
 */
export async function run(tell: Notify) {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const workflowBundle = await bundleWorkflows();
  const measured = [];
  for (const start of [startEmbedded, startOnPostgres]) {
    const storage = await start(tell);
    if (typeof storage === 'string') {
      tell(storage);
      continue;
    }
    try {
      measured.push(await measure(storage, workflowBundle, tell));
    } finally {
      await storage.stop();
    }
  }
  return { runs: RUNS, measured };
}

async function measure(
  storage: Storage,
  workflowBundle: Awaited<ReturnType<typeof bundleWorkflows>>,
  tell: Notify,
) {
  const { connection: options, namespace } = storage;
  const connection = await Connection.connect(options);
  const native = await NativeConnection.connect(options);
  const client = new Client({ connection, namespace });
  await prepareNamespace(client);
  const plays = openPlays({ client, native, queue: QUEUE, target: TARGET });
  const worker = await plays.serve(workflowBundle);
  try {
    const kinds = [];
    for (const kind of ['reads', 'acts'] as const) {
      const names = playable().filter((name) => catalogue.get(name)!.kind === kind);
      const before = await storage.bytes();
      const begun = performance.now();
      const runs = await Promise.all(
        // No step of it is waited at.
        Array.from({ length: RUNS }, (_, index) => plays.start(names[index % names.length]!, 1)),
      );
      await Promise.all(runs.map(async (run) => client.workflow.getHandle(run).result()));
      const seconds = (performance.now() - begun) / 1000;
      const steps = await countSteps(client, runs);
      const bytes = (await storage.bytes()) - before;
      const one = {
        kind,
        runbooks: names.length,
        stepsPerRun: steps / RUNS,
        bytesPerRun: Math.round(bytes / RUNS),
        stepsPerSecond: steps / seconds,
        runsPerSecond: RUNS / seconds,
      };
      tell(
        `${storage.name}: ${RUNS} runs of ${names.length} runbooks that ${kind === 'reads' ? 'read' : 'act'}, ` +
          `${one.stepsPerRun.toFixed(1)} steps and ${(one.bytesPerRun / 1000).toFixed(0)} kB each, ` +
          `${one.stepsPerSecond.toFixed(0)} steps and ${one.runsPerSecond.toFixed(1)} runs in a second`,
      );
      kinds.push(one);
    }
    return { storage: storage.name, kinds };
  } finally {
    await worker.stop();
    await native.close();
    await connection.close();
  }
}

async function countSteps(client: Client, runs: readonly string[]): Promise<number> {
  let steps = 0;
  for (const run of runs) {
    const { events } = await client.workflow.getHandle(run).fetchHistory();
    steps += events!.filter((event) => event.activityTaskCompletedEventAttributes).length;
  }
  return steps;
}
