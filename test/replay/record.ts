import { broken } from '../support/broken.ts';
/**
 * Records one history of every way in which a runbook can end, on a server and a world of its own: test/replay replays
 * them against the code as it is. Run it after a change that `patched` guards: what a release has is kept beside.
 * Records all, or only what is named: `npm run record-histories -- incident daily-backup`.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createSystems } from '../../src/activities/index.ts';
import { catalogue } from '../../src/client/catalogue.ts';
import { prepareNamespace } from '../../src/client/connection/prepare-namespace.ts';
import { startRun } from '../../src/client/runs/start-run.ts';
import { type SqliteTarget, Target } from '../../src/config/schema/target.ts';
import { createDemoWorld } from '../../src/dev/demo/demo-target.ts';
import { SAMPLE_TABLE } from '../../src/dev/demo/sample-database.ts';
import { findTemporal } from '../../src/dev/server/find-temporal.ts';
import { startTemporal } from '../../src/dev/server/start-temporal.ts';
import { bundleWorkflows, startWorker } from '../../src/worker.ts';
import { inCompose, removeContainers } from '../activities/runtime/support/in-compose.ts';
import {
  binWith,
  composes,
  startDockerDaemon,
} from '../activities/runtime/support/docker-daemon.ts';
import { inFolderOf, storiesOf } from '../support/runbook-folder.ts';
import { playIncident } from './record-incident.ts';
import { playServing } from './record-serving.ts';
import { keepReleased } from './released.ts';
import { scrubbed } from './scrubbed.ts';
import type { Story } from './story.ts';

const STANDING = new URL('../workflows/standing/histories/', import.meta.url);
const NOBODY: SqliteTarget['decisions'] = { wait: '0s', waitWhileDown: '0s' };
const NAMESPACE = 'histories';
const QUEUE = 'runbooks';

const wanted = wantedNames();
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
  for (const name of wanted) {
    if (name === 'incident') await recordIncident();
    else if (name === 'serving') await recordServing();
    else await recordRunbook(name);
  }
} finally {
  await native.close();
  await connection.close();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}
// What a story has started for its process, such as a PostgreSQL server, goes with it.
process.exit();

function wantedNames(): string[] {
  const known = [...catalogue.keys(), 'incident', 'serving'];
  const named = process.argv.slice(2);
  const unknown = named.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`Cannot record "${unknown.join(', ')}": no such runbook`);
  return named.length > 0 ? named : known;
}

async function recordIncident(): Promise<void> {
  const played = await playIncident(client, native, workflowBundle);
  for (const [name, id] of Object.entries(played))
    await save(new URL(`${name}.json`, STANDING), client.workflow.getHandle(id));
}

async function recordServing(): Promise<void> {
  const id = await playServing(client, native, workflowBundle);
  await save(new URL('serving.moved.json', STANDING), client.workflow.getHandle(id));
}

async function recordRunbook(runbook: string): Promise<void> {
  const stories = await storiesOf(runbook);
  const docker = stories.some(({ runsIn }) => runsIn) ? await startDocker() : undefined;
  for (const story of stories) await record(runbook, story);
  await docker?.stop();
}

/** With the Compose that this machine has. */
async function startDocker() {
  const daemon = await startDockerDaemon();
  const bin = await binWith(composes.find(({ file }) => file)!);
  const path = process.env['PATH'];
  Object.assign(process.env, {
    DOCKER_HOST: daemon.host,
    DOCKER_CONFIG: bin,
    PATH: `${bin}:${path}`,
  });
  return {
    async stop() {
      await daemon.stop();
      rmSync(bin, { recursive: true });
    },
  };
}

async function save(file: URL, handle: WorkflowHandle): Promise<void> {
  const history = scrubbed(historyToJSON(await handle.fetchHistory()));
  mkdirSync(new URL('.', file), { recursive: true });
  keepReleased(fileURLToPath(file));
  writeFileSync(file, history);
  console.error(file.pathname);
}

async function record(runbook: string, story: Story): Promise<void> {
  const made = await createDemoWorld(template(story), join(directory, 'world'), { rows: 500 });
  const { redis } = made;
  const target = story.runsIn ? inCompose(made.target) : made.target;
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
  const start = (runbook: string, input: object, approve: readonly string[] = []) =>
    startRun(client, {
      runbook,
      target: target.name,
      input,
      by: 'ops-1',
      queue: QUEUE,
      ...(approve.length > 0 && { approve, because: 'for the record' }),
    });
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
    run = await start(runbook, story.input ?? {}, story.approve);
    const handle = client.workflow.getHandle(run);
    await story.answer?.(handle);
    await handle.result().catch(() => {});
    await save(inFolderOf(runbook, `histories/${story.ending}.json`), handle);
  } finally {
    await worker.stop();
    await runtime.stop();
    if (story.runsIn) removeContainers(target);
    await redis?.stop();
  }

  function terminateAt(type: string): Story['strike'] {
    return async (activity) => {
      if (activity !== type) return;
      await client.workflow.getHandle(run).terminate('for the record');
      throw broken('Its run was terminated', 'Dead');
    };
  }
}

function template({ decisions = NOBODY, approve }: Story): SqliteTarget {
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
    ...(approve && { approvals: { unproven: 'allow' as const } }),
  }) as SqliteTarget;
}
