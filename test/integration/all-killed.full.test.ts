import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { describe, expect, inject, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { suppressionId } from '../../src/activities/alerts/alert-activities.ts';
import { hasBlocks } from '../../src/activities/security/block/block-record.ts';
import { block, inForce } from '../../src/activities/security/block/blocks.ts';
import { prepareNamespace } from '../../src/client/connection/prepare-namespace.ts';
import { RUNBOOKS_QUEUE } from '../../src/config/queues.ts';
import { Security } from '../../src/config/schema/security/security.ts';
import { startTemporal } from '../../src/dev/server/start-temporal.ts';
import type { Hold } from '../../src/incident/beside/hold.ts';
import { openNetwork, whyNoNetwork } from '../activities/security/support/network.ts';
import { main } from '../cli/support/runbook.ts';
import { startWorkerCommand } from '../cli/support/worker-command.ts';
import { useHostDirectory } from '../support/host-directory.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { fill, targetIn } from '../support/target.ts';

const NAME = 'silenced';
const NAMESPACE = 'all-killed';
const ATTACKER = '203.0.113.7';
/** What an hour is in life: longer than the block and the hold that end meanwhile. */
const OUTAGE = 70_000;
const ENDS_AFTER = 50_000;
const why = whyNoNetwork();
const wait = { timeout: 30_000, interval: 50 };

interface Heard {
  readonly at: number;
  readonly where: string;
  readonly text: string;
}

describe.skipIf(why !== undefined)(`all of ours, killed at once${why ? ` (${why})` : ''}`, () => {
  test('is told by the watchdog, then by its silence; a block and a hold end on time, and neither comes again', async () => {
    await using parts = new AsyncDisposableStack();
    const directory = mkdtempSync(join(tmpdir(), 'all-killed-'));
    parts.defer(() => rmSync(directory, { recursive: true, force: true }));
    const heard: Heard[] = [];
    const receiver = createServer((request, response) => {
      let text = '';
      request.on('data', (piece: Buffer) => (text += piece.toString()));
      request.on('end', () => {
        heard.push({ at: Date.now(), where: request.url!.slice(1), text });
        response.end('OK');
      });
    });
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    parts.defer(() => void receiver.close());
    const network = openNetwork();
    parts.defer(() => network.end());
    useHostDirectory(join(directory, 'host'));

    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    for (const one of ['pager', 'chat', 'check'])
      writeFileSync(join(directory, one), `${url}/${one}`);
    const target = targetIn(directory, {
      name: NAME,
      contacts: { operations: { members: ['ops-1'] } },
      channels: {
        pager: { kind: 'webhook', url: 'file:pager', rings: true },
        chat: { kind: 'webhook', url: 'file:chat' },
        outside: { kind: 'healthchecks', url: 'file:check' },
      },
      watchdog: {
        to: ['operations'],
        by: ['pager', 'chat'],
        check: 'outside',
        every: '5s',
        patience: '5s',
        diskBelow: '1MB',
      },
      // Nothing but what is looked at here is to be heard.
      figures: { every: 'off' },
    });
    target.security = Security.parse({ block: { command: network.nft } });
    mkdirSync(join(directory, 'targets'));
    mkdirSync(target.state, { mode: 0o700 });
    mkdirSync(target.backups.directory);
    fill(target.database.file, 10);
    writeFileSync(join(directory, 'targets', `${NAME}.yaml`), stringify(target));

    const port = await reservedPort();
    const openServer = () =>
      startTemporal({
        path: inject('temporal').path,
        dataFile: join(directory, 'temporal.db'),
        durability: 'NORMAL',
        namespace: NAMESPACE,
        ui: false,
        ports: { grpc: port, ui: 1 },
      });
    let server = await openServer();
    parts.defer(() => server.stop());
    const connection = await Connection.connect({
      address: server.address,
      channelArgs: { 'grpc.max_reconnect_backoff_ms': 500 },
    });
    parts.defer(() => connection.close());
    const client = new Client({ connection, namespace: NAMESPACE });
    await prepareNamespace(client);
    const env = {
      RUNBOOK_TARGETS: join(directory, 'targets'),
      RUNBOOK_HOST_DIRECTORY: join(directory, 'host'),
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_NAMESPACE: NAMESPACE,
    };
    const openWorker = () => startWorkerCommand([NAME], env);
    const openWatchdog = () =>
      spawn(process.execPath, [main, 'watchdog', NAME], {
        env: { ...process.env, ...env },
        stdio: 'ignore',
      });
    let worker = openWorker();
    parts.defer(() => void worker.process.kill('SIGKILL'));
    await worker.hears(/^Serving/);
    let watchdog = openWatchdog();
    parts.defer(() => void watchdog.kill('SIGKILL'));
    await vi.waitFor(() => expect(pings('check').length).toBeGreaterThan(1), { timeout: 60_000 });

    const ends = Date.now() + ENDS_AFTER;
    const iso = (time: number) => new Date(time).toISOString();
    await block(target, 'run', {
      addresses: [ATTACKER],
      for: `${ENDS_AFTER / 1000}s`,
      reason: 'x',
    });
    const hold = (by: string, until: number) =>
      client.workflow.signalWithStart('suppression', {
        workflowId: suppressionId(NAME),
        taskQueue: RUNBOOKS_QUEUE,
        signal: 'hold',
        signalArgs: [{ by, why: 'work', until: iso(until) } satisfies Hold],
      });
    await hold('short', ends);
    await hold('long', ends + 3_600_000);
    expect(reaches()).toBe(false);

    const killed = Date.now();
    worker.process.kill('SIGKILL');
    process.kill(server.pid, 'SIGKILL');
    await Promise.all([worker.ended, server.ended]);
    await vi.waitFor(() => expect(news('pager')).toHaveLength(1), { timeout: 60_000 });
    const told = news('pager')[0]!;
    // It has written down that people know.
    const memory = join(target.state, 'watchdog.json');
    await vi.waitFor(() => expect(readFileSync(memory, 'utf8')).toContain('"told"'), wait);
    await kill(watchdog);
    const silent = Date.now();
    await sleep(Math.max(0, ends - 3000 - Date.now()));
    const before = reaches();
    await sleep(Math.max(0, ends + 1500 - Date.now()));
    const after = reaches();
    await sleep(Math.max(0, killed + OUTAGE - Date.now()));
    const meanwhile = heard.filter(({ at }) => at > silent + 1000);

    const back = Date.now();
    server = await openServer();
    worker = openWorker();
    await worker.hears(/^Serving/);
    watchdog = openWatchdog();
    await vi.waitFor(() => expect(news('chat').at(-1)?.text).toContain('over: '), {
      timeout: 90_000,
    });
    await vi.waitFor(() => expect(hasBlocks(target)).toBe(false), { timeout: 60_000 });
    const holds = await client.workflow
      .getHandle(suppressionId(NAME))
      .query<readonly Hold[]>('holds');

    expect(told.text).toContain('Temporal does not answer');
    expect(told.at - killed).toBeLessThan(45_000);
    expect([before, after, reaches()]).toEqual([false, true, true]);
    expect(meanwhile).toEqual([]);
    expect(await inForce(target)).toEqual([]);
    expect(holds.map(({ by }) => by)).toEqual(['long']);
    // Each was told once of the beginning, and those who hear of ends once of that.
    expect(news('pager')).toHaveLength(1);
    expect(news('chat').map(({ text }) => /over: /.test(text))).toEqual([false, true]);
    process.stdout.write(
      [
        `${NAME}: worker and Temporal killed at 0 s`,
        ...['pager', 'chat'].flatMap((where) =>
          news(where).map(
            ({ at, text }) => `${seconds(at)} ${where}: ${/silenced: [^"\\]*/.exec(text)?.[0]}`,
          ),
        ),
        `${seconds(silent)} watchdog killed; the check outside heard nothing for ${((back - silent) / 1000).toFixed(0)} s`,
        `${seconds(ends)} block and hold due to end; seen blocked ${seconds(ends - 3000)}, free ${seconds(ends + 1500)}`,
        `${seconds(back)} all started again\n`,
      ].join('\n'),
    );

    function seconds(at: number): string {
      return `${((at - killed) / 1000).toFixed(1)} s`;
    }
    function news(where: string): Heard[] {
      return heard.filter((one) => one.where === where);
    }
    function pings(where: string): Heard[] {
      return heard.filter((one) => one.where === where);
    }
    /** Whether whoever comes from the blocked address is answered: to be refused is an answer. */
    function reaches(): boolean {
      const asks = `import socket
s = socket.socket(); s.settimeout(0.7); s.bind(("${ATTACKER}", 0))
try: s.connect(("203.0.113.1", 9)); print("answered")
except ConnectionRefusedError: print("answered")
except OSError: print("nothing")`;
      return network.outside('python3', '-c', asks).trim() === 'answered';
    }
  }, 300_000);
});

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
