import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { findTemporal } from '../src/dev/server/find-temporal.ts';
import { startTemporal } from '../src/dev/server/start-temporal.ts';
import { startGateway } from '../src/gateway/start-gateway.ts';

type Notify = (line: string) => void;

const NAMESPACE = 'bench';
const ALERTS = 1000;
const SENDERS = 16;
const ROUNDS = 3;
/** Each is an incident of its own, which is the dearest case: every alert starts a workflow. */
const CONTENDERS = { NORMAL: 'embedded NORMAL', FULL: 'embedded FULL' } as const;
type Durability = keyof typeof CONTENDERS;

interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** How many alerts a second become durable, over HTTP, one a request; beside a server that syncs every write to the disk. */
export async function run(tell: Notify) {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const { path } = await findTemporal({ onProgress: tell });
    const normal = await measure(path, directory, 'NORMAL', tell);
    const full = await measure(path, directory, 'FULL', tell);
    return {
      alerts: ALERTS,
      senders: SENDERS,
      rounds: ROUNDS,
      unit: 'durable alerts a second; milliseconds',
      comparisons: [
        { name: CONTENDERS.NORMAL, ...normal, ratio: 1 },
        { name: CONTENDERS.FULL, ...full, ratio: full.perSecond / normal.perSecond },
      ],
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(
  path: string,
  directory: string,
  durability: Durability,
  tell: Notify,
): Promise<Measured> {
  await using parts = new AsyncDisposableStack();
  const dataFile = join(directory, `${durability}.db`);
  const server = await startTemporal({
    path,
    dataFile,
    durability,
    namespace: NAMESPACE,
    ui: false,
  });
  parts.defer(() => server.stop());
  const connection = await Connection.connect({ address: server.address });
  parts.defer(() => connection.close());
  const gateway = await startGateway({
    client: new Client({ connection, namespace: NAMESPACE }),
    targets: [{ name: 'bench', alerts: [{ match: {} }] }],
    listen: { host: '127.0.0.1', port: 0 },
    sources: [],
    requestsPerMinute: 1_000_000,
    log: tell,
  });
  parts.defer(() => gateway.stop());

  const rounds: Measured[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const measured = await send(gateway.address, round);
    if (round === 0) continue; // it warms up
    tell(`round ${round}: ${text(durability, measured)}`);
    rounds.push(measured);
  }
  const middle = rounds.toSorted((a, b) => a.perSecond - b.perSecond)[Math.floor(ROUNDS / 2)]!;
  tell(`median: ${text(durability, middle)}`);
  return middle;
}

async function send(address: string, round: number): Promise<Measured> {
  const numbers = Array.from({ length: ALERTS }, (_, index) => index).values();
  const times: number[] = [];
  const sender = async () => {
    for (const index of numbers) {
      const begun = performance.now();
      const { status } = await fetch(`${address}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([{ labels: { alertname: 'Bench', index: `${round}.${index}` } }]),
      });
      if (status !== 200) throw new Error(`The gateway answered ${status}`);
      times.push(performance.now() - begun);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: SENDERS }, sender));
  const seconds = (performance.now() - begun) / 1000;
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;
  return { perSecond: ALERTS / seconds, p50: at(0.5), p99: at(0.99) };
}

function text(durability: Durability, { perSecond, p50, p99 }: Measured): string {
  const name = CONTENDERS[durability].padEnd(16);
  return `${name} ${perSecond.toFixed(0)} durable alerts/s, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`;
}
