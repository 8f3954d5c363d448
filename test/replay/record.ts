/**
 * Records one history of every way in which a runbook can end, on a server and a world of its own: test/replay replays
 * them against the code as it is. Run it after a change that old runs need not survive, or that `patched` guards.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createSystems } from '../../src/activities/index.ts';
import { prepareNamespace } from '../../src/client/connection/prepare-namespace.ts';
import { startRun } from '../../src/client/runs/start-run.ts';
import { Target } from '../../src/config/schema/target.ts';
import { createDemoWorld } from '../../src/dev/demo/demo-target.ts';
import { SAMPLE_TABLE } from '../../src/dev/demo/sample-database.ts';
import { findTemporal } from '../../src/dev/server/find-temporal.ts';
import { startTemporal } from '../../src/dev/server/start-temporal.ts';
import { permanent } from '../../src/os/failure.ts';
import { bundleWorkflows, startWorker } from '../../src/worker.ts';
import { playIncident } from './record-incident.ts';
import { scrubbed } from './scrubbed.ts';
import { stories, type Story } from './stories.ts';

const HISTORIES = fileURLToPath(new URL('histories/', import.meta.url));
const NAMESPACE = 'histories';
const QUEUE = 'runbooks';

Runtime.install({ logger: new DefaultLogger('ERROR', () => {}) });
const directory = join(tmpdir(), 'runbook-histories');
rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });
const { path } = await findTemporal({ onProgress: console.error });
const server = await startTemporal({
  path,
  dataFile: join(directory, 'temporal.db'),
  durability: 'NORMAL',
  namespace: NAMESPACE,
  ui: false,
});
const connection = await Connection.connect({ address: server.address });
const native = await NativeConnection.connect({ address: server.address });
const client = new Client({ connection, namespace: NAMESPACE, identity: 'recorder' });
await prepareNamespace(client);
const workflowBundle = await bundleWorkflows();
try {
  mkdirSync(HISTORIES, { recursive: true });
  for (const name of readdirSync(HISTORIES))
    if (isWanted(name.split('.')[0]!)) rmSync(join(HISTORIES, name));
  for (const story of stories) if (isWanted(story.runbook)) await record(story);
  if (isWanted('incident')) await recordIncident();
} finally {
  await native.close();
  await connection.close();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}

/** All, or only what is named: `npm run record-histories -- incident daily-backup`. */
function isWanted(name: string): boolean {
  const wanted = process.argv.slice(2);
  return (
    wanted.length === 0 || wanted.includes(name.replace(/-review$/, '')) || wanted.includes(name)
  );
}

async function recordIncident(): Promise<void> {
  const played = await playIncident(client, native, workflowBundle);
  for (const [name, id] of Object.entries(played)) await save(name, client.workflow.getHandle(id));
}

async function save(name: string, handle: WorkflowHandle): Promise<void> {
  const history = scrubbed(historyToJSON(await handle.fetchHistory()));
  writeFileSync(join(HISTORIES, `${name}.json`), history);
  console.error(name);
}

async function record(story: Story): Promise<void> {
  const { target, redis } = await createDemoWorld(template(story), join(directory, 'world'), {
    rows: 500,
  });
  const { runtime, http } = createSystems(target, 'record');
  let strike: Story['strike'];
  const cancel = async () => void (await client.workflow.getHandle(run).cancel());
  const worker = await startWorker({
    connection: native,
    namespace: NAMESPACE,
    targets: [target],
    searchAttributes: true,
    workflowBundle,
    queue: QUEUE,
    interceptors: {
      activity: [
        ({ info }) => ({
          inbound: {
            async execute(input, next) {
              await strike?.(info.activityType, cancel);
              return next(input);
            },
          },
        }),
      ],
    },
  });
  const start = (runbook: string, input: object) =>
    startRun(client, { runbook, target: target.name, input, by: 'ops-1', queue: QUEUE });
  let run = '';
  try {
    await runtime.start();
    await http.expectReady();
    run = await start('daily-backup', {});
    await client.workflow.getHandle(run).result();
    if (story.dead) {
      strike = terminateAt(story.dead);
      run = await start('database-recovery', { backup: 'latest' });
      await client.workflow
        .getHandle(run)
        .result()
        .catch(() => {});
    }
    await story.prepare?.(target);
    strike = story.strike;
    run = await start(story.runbook, story.input);
    const handle = client.workflow.getHandle(run);
    await story.answer?.(handle);
    await handle.result().catch(() => {});
    await save(`${story.runbook}.${story.ending}`, handle);
  } finally {
    await worker.stop();
    await runtime.stop();
    await redis?.stop();
  }

  function terminateAt(type: string): Story['strike'] {
    return async (activity) => {
      if (activity !== type) return;
      await client.workflow.getHandle(run).terminate('for the record');
      throw permanent('Dead', 'Its run was terminated');
    };
  }
}

function template({ decisions }: Story): Target {
  return Target.parse({
    name: 'example',
    directory,
    state: join(directory, '.runbook'),
    runtime: { kind: 'process', command: ['false'], log: join(directory, 'app.log') },
    cache: { kind: 'redis', url: 'redis://127.0.0.1:6379', scope: 'prefix:demo:' },
    app: { url: 'http://127.0.0.1:8501/', health: 'http://127.0.0.1:8501/_stcore/health' },
    database: { kind: 'sqlite', file: join(directory, 'demo.db'), keyTable: SAMPLE_TABLE },
    backups: { directory: join(directory, 'backups') },
    decisions,
  });
}
