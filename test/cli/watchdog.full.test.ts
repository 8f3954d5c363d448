import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import { RUNBOOKS_QUEUE } from '../../src/config/queues.ts';
import { main } from './support/runbook.ts';
import { openServed, type Served } from './support/served.ts';

let served: Served;
let watchdog: ChildProcess | undefined;
const heard: { path: string; text: string }[] = [];
const receiver = createServer((request, response) => {
  let text = '';
  request.on('data', (part: Buffer) => (text += part.toString()));
  request.on('end', () => {
    heard.push({ path: request.url!, text });
    response.end('OK');
  });
});

beforeAll(async () => {
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  process.env['WATCHDOG_TEST_PAGER'] = `${url}/pager`;
  process.env['WATCHDOG_TEST_CHECK'] = `${url}/check`;
  served = await openServed('watchdog', {
    contacts: { operations: { members: ['ops-1'] } },
    channels: {
      pager: { kind: 'webhook', url: 'env:WATCHDOG_TEST_PAGER', rings: true },
      outside: { kind: 'healthchecks', url: 'env:WATCHDOG_TEST_CHECK' },
    },
    watchdog: {
      to: ['operations'],
      by: ['pager'],
      check: 'outside',
      every: '5s',
      patience: '5s',
      repeat: '1h',
      diskBelow: '1MB',
    },
  });
});
afterEach(async () => {
  const ended = watchdog && new Promise((done) => watchdog!.once('exit', done));
  watchdog?.kill();
  await ended;
  watchdog = undefined;
});
afterAll(async () => {
  receiver.close();
  await served.close();
});

const pages = (word: string) =>
  heard.filter(({ path, text }) => path === '/pager' && text.includes(word));
const pings = (end: string) => heard.filter(({ path }) => path === `/check${end}`);

test('a worker that is gone is told by the pager once, and that it is back; the check outside hears of each look', async () => {
  start();
  await vi.waitFor(() => expect(pings('').length).toBeGreaterThan(1), { timeout: 30_000 });
  expect(heard.filter(({ path }) => path !== '/check')).toEqual([]);

  await served.stopWorker();
  await vi.waitFor(() => expect(pages('no worker serves it')).toHaveLength(1), {
    timeout: 120_000,
    interval: 500,
  });
  await vi.waitFor(() => expect(pings('/fail').length).toBeGreaterThan(1), { timeout: 30_000 });
  await killed();
  start(); // it remembers that people know
  const before = pings('/fail').length;
  await vi.waitFor(() => expect(pings('/fail').length).toBeGreaterThan(before + 1), {
    timeout: 60_000,
  });
  expect(pages('no worker serves it')).toHaveLength(1);
  expect(pages('Try: `runbook worker')).toHaveLength(1);

  const well = pings('').length;
  await served.startWorker();
  await vi.waitFor(() => expect(pings('').length).toBeGreaterThan(well + 1), { timeout: 60_000 });
  // A pager that only rings hears no end.
  expect(pages('over')).toEqual([]);
}, 300_000);

test('a server that does not answer is told, and nothing that follows from it', async () => {
  const known = heard.length;

  start('127.0.0.1:1');

  await vi.waitFor(() => expect(pages('Temporal does not answer')).toHaveLength(1), {
    timeout: 60_000,
    interval: 500,
  });
  const told = heard.slice(known).filter(({ path }) => path === '/pager');
  expect(told).toHaveLength(1);
  expect(told[0]!.text).toContain('Cannot reach Temporal at 127.0.0.1:1');
}, 90_000);

test('a run that does not go on is told with what to do, and one look says the same', async () => {
  const { client, target } = served;
  const run = await client.workflow.start('of-another-version', {
    workflowId: `of-another-version/${target.name}/20261201_030000`,
    taskQueue: RUNBOOKS_QUEUE,
  });
  start();

  await vi.waitFor(() => expect(pages('a run is stuck')).toHaveLength(1), {
    timeout: 150_000,
    interval: 500,
  });
  const once = await served.type('watchdog', target.name, '--once');
  await run.terminate('seen');

  expect(pages('a run is stuck')[0]!.text).toMatch(
    /of a kind that the version that serves it does not have\. Start the version before it again/,
  );
  expect(once.exitCode).toBe(1);
  expect(once.stdout).toContain(`"${run.workflowId}" does not go on`);
  expect(once.stdout).toContain('ok       watchdog worker: a worker serves "watchdog"');
}, 240_000);

function start(address?: string): void {
  const { client, targets, target } = served;
  const env = {
    ...process.env,
    RUNBOOK_TARGETS: targets,
    TEMPORAL_ADDRESS: address ?? inject('temporal').address,
    TEMPORAL_NAMESPACE: client.options.namespace,
  };
  watchdog = spawn(process.execPath, [main, 'watchdog', target.name], { env, stdio: 'inherit' });
}

async function killed(): Promise<void> {
  const ended = new Promise((done) => watchdog!.once('exit', done));
  watchdog!.kill('SIGKILL');
  await ended;
}
