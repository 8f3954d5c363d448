import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { stringify } from 'yaml';
import { prepareNamespace } from '../src/client/connection/prepare-namespace.ts';
import { reportAlert } from '../src/client/incidents/report-alert.ts';
import { findTemporal } from '../src/dev/server/find-temporal.ts';
import { startTemporal } from '../src/dev/server/start-temporal.ts';

const NAMESPACE = 'bench';
const TARGET = 'bench';
const OPEN = Number(process.env['RUNBOOK_OPEN'] ?? 10_000);
const SENDERS = 16;
const QUIET_SECONDS = 60;
const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

/** Of one process. */
interface Used {
  readonly mebibytes: number;
  readonly cpuSeconds: number;
}

/** What many open incidents cost that wait for somebody: an embedded server, and a worker as an operator starts it. */
export async function run(tell: (line: string) => void) {
  await using parts = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  parts.defer(() => rmSync(directory, { recursive: true, force: true }));
  const { path } = await findTemporal({ onProgress: tell });
  const dataFile = join(directory, 'temporal.db');
  const common = { path, dataFile, namespace: NAMESPACE, ui: false } as const;
  const server = await startTemporal({ ...common, durability: 'NORMAL' });
  parts.defer(() => server.stop());
  const connection = await Connection.connect({ address: server.address });
  parts.defer(() => connection.close());
  const client = new Client({ connection, namespace: NAMESPACE });
  await prepareNamespace(client);
  const empty = usedBy(server.pid);

  const begun = performance.now();
  await open(client);
  tell(`${OPEN} incidents are durable after ${secondsSince(begun)}: ${text(usedBy(server.pid))}`);

  const pages = join(directory, 'pages.jsonl');
  const worker = startWorker(directory, pages, server.address);
  parts.defer(async () => {
    worker.kill('SIGTERM');
    await once(worker, 'exit');
  });
  const served = performance.now();
  while (pagesIn(pages) < OPEN) await sleep(500);
  const paged = secondsSince(served);
  tell(`Everybody is notified ${paged} after a worker came`);

  await sleep(5000); // the last of them settle
  const before = { server: usedBy(server.pid), worker: usedBy(worker.pid!) };
  await sleep(QUIET_SECONDS * 1000);
  const after = { server: usedBy(server.pid), worker: usedBy(worker.pid!) };
  for (const who of ['server', 'worker'] as const) {
    const share = (after[who].cpuSeconds - before[who].cpuSeconds) / QUIET_SECONDS;
    tell(`While they wait: ${who} ${text(after[who])}, ${(share * 100).toFixed(1)} % of a core`);
  }
  return { open: OPEN, paged, empty, before, after, unit: 'MiB; CPU seconds since its start' };
}

async function open(client: Client): Promise<void> {
  const numbers = Array.from({ length: OPEN }, (_, index) => index).values();
  const sender = async () => {
    for (const number of numbers)
      await reportAlert(client, {
        target: TARGET,
        fingerprint: `number-${number}`,
        status: 'firing',
        severity: 'sev2',
        title: `Number ${number}`,
        source: 'bench',
        at: new Date().toISOString(),
      });
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
}

/** `runbook worker` for a target whose pages are lines in a file. */
function startWorker(directory: string, pages: string, address: string): ChildProcess {
  const target = {
    name: TARGET,
    directory,
    runtime: { kind: 'process', command: ['true'], log: 'app.log' },
    app: { url: 'http://127.0.0.1:1', health: 'http://127.0.0.1:1' },
    database: { kind: 'sqlite', file: 'app.db', keyTable: 'rows' },
    backups: { directory: 'backups' },
    contacts: { operations: {}, development: {} },
    escalation: [
      { level: 1, to: 'operations' },
      { level: 2, to: 'development', after: '1d' },
    ],
    channels: { file: { kind: 'log', file: pages } },
  };
  writeFileSync(join(directory, `${TARGET}.yaml`), stringify(target));
  return spawn(process.execPath, [main, 'worker'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      RUNBOOK_TARGETS: directory,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: NAMESPACE,
    },
  });
}

function pagesIn(file: string): number {
  try {
    return readFileSync(file).filter((byte) => byte === 10).length;
  } catch {
    return 0; // not the first page yet
  }
}

/** As Linux tells it, in /proc. Its clock ticks 100 times a second. */
function usedBy(pid: number): Used {
  const kibibytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1];
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return {
    mebibytes: Math.round(Number(kibibytes) / 1024),
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100,
  };
}

function text({ mebibytes, cpuSeconds }: Used): string {
  return `${mebibytes} MiB, ${cpuSeconds.toFixed(1)} s of CPU so far`;
}

function secondsSince(begun: number): string {
  return `${((performance.now() - begun) / 1000).toFixed(1)} s`;
}
