import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { SMTPServer } from 'smtp-server';
import { stringify } from 'yaml';
import { prepareNamespace } from '../src/client/connection/prepare-namespace.ts';
import { findTemporal } from '../src/dev/server/find-temporal.ts';
import { startTemporal } from '../src/dev/server/start-temporal.ts';

const NAMESPACE = 'bench';
const TOKEN = 'the-token-of-alertmanager';
const ALERTS = Number(process.env['RUNBOOK_ALERTS'] ?? 10_000);
/** An Alertmanager puts so many alerts that have nothing in common into one notification when it groups by cluster and alert. */
const APART = 5;
const LENGTH_SECONDS = Number(process.env['RUNBOOK_SECONDS'] ?? 300);
const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

/** When somebody got a message. */
interface Got {
  readonly who: string;
  readonly by: 'mail' | 'call';
  readonly at: number;
}

/**
 * 10 000 distinct alerts, as one notification and as 2 000 of five that nothing joins, with a real gateway, worker, mail server and pager: how many
 * messages reach a person, when the first does, and what the worker needs.
 */
export async function run(tell: (line: string) => void) {
  const together = await storm('in one notification', ALERTS, tell);
  const apart = await storm(`in notifications of ${APART}`, APART, tell);
  return { alerts: ALERTS, seconds: LENGTH_SECONDS, together, apart };
}

async function storm(how: string, size: number, tell: (line: string) => void) {
  await using parts = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  parts.defer(() => rmSync(directory, { recursive: true, force: true }));
  const { path } = await findTemporal({ onProgress: tell });
  const server = await startTemporal({
    path,
    dataFile: join(directory, 'temporal.db'),
    namespace: NAMESPACE,
    ui: false,
    durability: 'NORMAL',
  });
  parts.defer(() => server.stop());
  const connection = await Connection.connect({ address: server.address });
  parts.defer(() => connection.close());
  await prepareNamespace(new Client({ connection, namespace: NAMESPACE }));
  const got: Got[] = [];
  const mail = await startMail(got);
  const pager = await startPager(got);
  parts.defer(() => pager.close());
  parts.defer(() => mail.close());
  const environment = settings(directory, server.address, mail.url, pager.url);
  const worker = program(['worker'], environment);
  parts.defer(() => ended(worker));
  const port = await freePort();
  const gateway = program(['gateway', '--port', String(port)], environment);
  parts.defer(() => ended(gateway));
  const address = `http://127.0.0.1:${port}`;
  await sleep(5000); // the worker polls

  const most = { worker: 0, gateway: 0 };
  const watching = setInterval(() => {
    most.worker = Math.max(most.worker, mebibytes(worker.pid!));
    most.gateway = Math.max(most.gateway, mebibytes(gateway.pid!));
  }, 500);
  parts.defer(() => clearInterval(watching));
  const begun = Date.now();
  const { refusals } = await send(address, size);
  const durable = (Date.now() - begun) / 1000;
  while (Date.now() < begun + LENGTH_SECONDS * 1000) await sleep(500);

  const messages: Record<string, number> = {};
  for (const { who, by } of got)
    messages[`${who} by ${by}`] = (messages[`${who} by ${by}`] ?? 0) + 1;
  const first = (by: Got['by']) => {
    const times = got.filter((one) => one.by === by).map(({ at }) => at);
    return times.length === 0 ? undefined : (Math.min(...times) - begun) / 1000;
  };
  const result = {
    durable,
    refusals,
    firstCall: first('call'),
    firstMail: first('mail'),
    messages,
    most,
  };
  tell(
    `${ALERTS} alerts ${how}: durable after ${durable.toFixed(1)} s (${refusals} times told to come again), ` +
      `first call after ${result.firstCall?.toFixed(1)} s, first mail after ${result.firstMail?.toFixed(1)} s; ` +
      `in ${LENGTH_SECONDS} s ${JSON.stringify(messages)}; at most ${most.worker} MiB of worker, ${most.gateway} of gateway`,
  );
  return result;
}

/** As an Alertmanager does: it comes again with what it was told to. */
async function send(address: string, size: number): Promise<{ refusals: number }> {
  const alerts = Array.from({ length: ALERTS }, (_, index) => ({
    status: 'firing',
    startsAt: new Date().toISOString(),
    labels: { alertname: `Alert${index % 50}`, severity: 'critical', instance: `host-${index}` },
  }));
  const bodies = Array.from({ length: Math.ceil(ALERTS / size) }, (_, index) =>
    alerts.slice(index * size, (index + 1) * size),
  ).values();
  let refusals = 0;
  const sender = async () => {
    for (const body of bodies)
      for (;;) {
        const answer = await fetch(`${address}/alertmanager/webhook`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
          body: JSON.stringify({ version: '4', alerts: body }),
        }).catch(() => undefined);
        if (answer?.ok) break;
        refusals += 1;
        await sleep(1000);
      }
  };
  await Promise.all(Array.from({ length: 8 }, sender));
  return { refusals };
}

function settings(directory: string, temporal: string, smtp: string, pager: string) {
  const target = {
    name: 'bench',
    directory,
    runtime: { kind: 'process', command: ['true'], log: 'app.log' },
    app: { url: 'http://127.0.0.1:1', health: 'http://127.0.0.1:1' },
    database: { kind: 'sqlite', file: 'app.db', keyTable: 'rows' },
    backups: { directory: 'backups' },
    figures: { every: 'off' },
    contacts: {
      operations: { members: ['ann'], rotation: { every: '7d', since: '2026-01-04T00:00:00Z' } },
      management: { members: ['eve'] },
    },
    people: {
      ann: { email: 'ann@example.com', phone: 'ann' },
      eve: { email: 'eve@example.com', phone: 'eve' },
    },
    escalation: [
      { level: 1, to: 'operations' },
      { level: 2, to: 'management', after: '1m' },
    ],
    alerts: [{ match: {} }],
    channels: {
      email: { kind: 'smtp', url: 'env:BENCH_SMTP', from: 'runbooks@example.com' },
      pager: { kind: 'webhook', url: 'env:BENCH_PAGER', rings: true },
    },
  };
  writeFileSync(join(directory, 'bench.yaml'), stringify(target));
  return {
    ...process.env,
    RUNBOOK_TARGETS: directory,
    RUNBOOK_GATEWAY_TOKENS: `alertmanager:${TOKEN}`,
    RUNBOOK_GATEWAY_SECRET: 'a secret for links, long enough',
    TEMPORAL_ADDRESS: temporal,
    TEMPORAL_NAMESPACE: NAMESPACE,
    BENCH_SMTP: smtp,
    BENCH_PAGER: pager,
  };
}

function program(words: string[], env: NodeJS.ProcessEnv) {
  return spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'ignore', 'inherit'], env });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function ended(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null) return;
  process.kill('SIGTERM');
  await once(process, 'exit');
}

async function startMail(got: Got[]) {
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    onData(stream, { envelope }, answer) {
      stream.resume();
      stream.on('end', () => {
        for (const { address } of envelope.rcptTo)
          got.push({ who: address.split('@')[0]!, by: 'mail', at: Date.now() });
        answer();
      });
    },
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    close: () => new Promise<void>((done) => server.close(() => done())),
  };
}

async function startPager(got: Got[]) {
  const server = createServer((request, response) => {
    const body: Buffer[] = [];
    request.on('data', (part: Buffer) => body.push(part));
    request.on('end', () => {
      const { phone } = JSON.parse(Buffer.concat(body).toString()) as { phone: string };
      got.push({ who: phone, by: 'call', at: Date.now() });
      response.end('ok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() };
}

/** As Linux tells it, in /proc. */
function mebibytes(pid: number): number {
  try {
    const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kibibytes ?? 0) / 1024);
  } catch {
    return 0;
  }
}
