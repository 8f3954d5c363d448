import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import { freePort } from '../src/dev/server/free-port.ts';
import { findTemporal } from '../src/dev/server/find-temporal.ts';
import { type EmbeddedTemporal, startTemporal } from '../src/dev/server/start-temporal.ts';

const PAIRS = 20;
const STEPS = 50;
/** Whoever the application runs as. */
const SOMEBODY = 65_534;

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
/** As on a machine whose kernel gives nobody a network of his own: then it is open, and says so. */
const WITHOUT_NETWORKS = [
  'unshare',
  '--user',
  '--map-root-user',
  'sh',
  '-c',
  'echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"',
  'sh',
];

type Notify = (line: string) => void;

/** What the borders cost: the embedded server behind its door beside the same server open, and a process as another user beside one as ours. */
export async function run(tell: Notify) {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  await using parts = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  parts.defer(() => rmSync(directory, { recursive: true, force: true }));
  const { path } = await findTemporal({ onProgress: tell });
  const start = (name: string, closed: boolean) =>
    startTemporal({
      path,
      dataFile: join(directory, `${name}.db`),
      durability: 'FULL',
      namespace: 'bench',
      ui: false,
      closed,
    });
  const open = await start('open', false);
  parts.defer(() => open.stop());
  const closed = await start('closed', true);
  parts.defer(() => closed.stop());
  if (closed.openBecause !== undefined) throw new Error(closed.openBecause);
  const [stepOpen, stepClosed] = [await stepper(open, parts), await stepper(closed, parts)];

  let starts = 0;
  const comparisons = [
    await inPairs('a step', stepOpen, stepClosed),
    await inPairs('a start of the server', startOf(false), startOf(true)),
    await inPairs('a start of runbook dev', devOf(WITHOUT_NETWORKS), devOf([])),
    ...(process.getuid?.() === 0
      ? [await inPairs('a process', processAs(), processAs(SOMEBODY))]
      : []),
  ];
  return { pairs: PAIRS, unit: 'ms', comparisons };

  /** One after the other, the first first and then the second first: what else the machine does meets both. */
  async function inPairs(name: string, before: Measure, after: Measure) {
    const pairs: [number, number][] = [];
    for (let pair = 0; pair <= PAIRS; pair += 1) {
      const isTurned = pair % 2 === 1;
      const first = await (isTurned ? after : before)();
      const second = await (isTurned ? before : after)();
      // The first of all warms up.
      if (pair > 0) pairs.push(isTurned ? [second, first] : [first, second]);
    }
    const [without, within] = [median(pairs.map(([a]) => a)), median(pairs.map(([, b]) => b))];
    const ratio = median(pairs.map(([a, b]) => b / a));
    tell(
      `median: ${name.padEnd(22)} ${without.toFixed(1)} ms, with the border ${within.toFixed(1)} ms (${ratio.toFixed(2)}x)`,
    );
    return { name, without, within, ratio };
  }

  /** From the order until it serves. */
  function devOf(by: readonly string[]): Measure {
    return async () => {
      starts += 1;
      const place = join(directory, `dev-${starts}`);
      mkdirSync(place);
      const ports = ['--port', String(await freePort(0)), '--ui-port', String(await freePort(0))];
      const dev = ['dev', '--data', join(place, 'temporal.db'), '--no-schedules', ...ports];
      const [program, ...args] = [...by, process.execPath, MAIN, ...dev];
      const begun = performance.now();
      const child = spawn(program!, args, {
        env: { ...process.env, RUNBOOK_TEMPORAL: path, XDG_DATA_HOME: place },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let text = '';
      const serving = new Promise<void>((settle, fail) => {
        child.stderr.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          if (text.includes('Serving')) settle();
        });
        child.once('exit', () => fail(new Error(text)));
      });
      await serving;
      const took = performance.now() - begun;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      return took;
    };
  }

  function startOf(isClosed: boolean): Measure {
    return async () => {
      starts += 1;
      const begun = performance.now();
      const server = await start(`start-${starts}`, isClosed);
      const took = performance.now() - begun;
      await server.stop();
      return took;
    };
  }
}

type Measure = () => Promise<number>;

function processAs(uid?: number): Measure {
  return async () => {
    const begun = performance.now();
    spawnSync(process.execPath, ['-e', '0'], {
      cwd: '/',
      ...(uid !== undefined && { uid, gid: uid }),
    });
    return performance.now() - begun;
  };
}

/** Milliseconds of a durable step, of some in a row. */
async function stepper(
  { address, connectionOptions }: EmbeddedTemporal,
  parts: AsyncDisposableStack,
): Promise<Measure> {
  const connection = await NativeConnection.connect({ ...connectionOptions, address });
  parts.defer(() => connection.close());
  const client = new Client({ connection, namespace: 'bench' });
  const worker = await Worker.create({
    connection,
    namespace: 'bench',
    taskQueue: 'bench',
    workflowBundle: await bundle(),
    activities: { touch: async () => {} },
  });
  const working = worker.run();
  parts.defer(async () => {
    worker.shutdown();
    await working;
  });
  return async () => {
    const begun = performance.now();
    await client.workflow.execute('steps', {
      taskQueue: 'bench',
      workflowId: crypto.randomUUID(),
      args: [{ steps: STEPS }],
    });
    return (performance.now() - begun) / STEPS;
  };
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
