import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { describe, expect, vi } from 'vitest';
import { keepStatus } from '../../src/cli/serve/status/keep-status.ts';
import { openStatusSender } from '../../src/cli/serve/status/send-status.ts';
import { type StatusFile, statusText } from '../../src/state/figures/status-file.ts';
import { openFigures } from '../../src/state/figures/open-figures.ts';
import { targetIn } from '../support/target.ts';
import { openWorld, test as gatewayTest, TOKEN, type World } from './support/gateway.ts';

const SENDER = 'the-token-of-the-shop';
const OTHER = 'the-token-of-the-bank';
const SOON = { timeout: 30_000, interval: 50 };

/** A gateway that stands on another host than its targets: it sees a directory of its own alone. */
const test = gatewayTest.extend<{ directory: string; elsewhere: World }>({
  directory: async ({}, use) => {
    const directory = mkdtempSync(join(tmpdir(), 'elsewhere-'));
    await use(directory);
    rmSync(directory, { recursive: true, force: true });
  },
  elsewhere: async ({ directory }, use) => {
    const world = await openElsewhere(directory);
    await use(world);
    await world.stop();
  },
});

function openElsewhere(directory: string): Promise<World> {
  return openWorld({
    targets: [],
    senders: [
      { name: 'shop', token: SENDER },
      { name: 'bank', token: OTHER },
    ],
    shown: ['shop', 'bank'].map((name) => ({ name, state: join(directory, 'kept', name) })),
  });
}

const status: Omit<StatusFile, 'version'> = {
  target: 'shop',
  at: new Date().toISOString(),
  every: 60_000,
  verdict: 'ok',
  lines: [{ subject: 'application', verdict: 'ok', text: '200 in 12 ms' }],
  figures: [],
};

function send({ address }: World, body: string, token = SENDER, target = 'shop') {
  return fetch(`${address}/status/${target}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body,
  });
}

async function pageOf({ address }: World): Promise<string> {
  return (
    await fetch(`${address}/status`, { headers: { authorization: `Bearer ${TOKEN}` } })
  ).text();
}

describe('a gateway on another host', () => {
  test('shows what a worker measures there, and what it told last once that is gone and the gateway was started anew', async ({
    directory,
    elsewhere,
  }) => {
    const target = targetIn(join(directory, 'there'), { name: 'shop' });
    const store = openFigures(target.state);
    const at = new Date().toISOString();
    const facts = { source: 'GET http://app:s3cret@127.0.0.1/', at };
    store.record(
      [
        {
          ...facts,
          name: 'app.health',
          value: 9,
          unit: 'seconds',
          verdict: 'critical',
          note: '502',
        },
      ],
      at,
    );
    store.close();
    const connection = Connection.lazy({ address: '127.0.0.1:1' });
    const kept = keepStatus(
      new Client({ connection }),
      [target],
      openStatusSender(`${elsewhere.address}/`, SENDER),
    );

    await vi.waitFor(async () => expect(await pageOf(elsewhere)).toContain('app.health'), SOON);
    await kept.stop();
    rmSync(target.state, { recursive: true });
    const again = await openElsewhere(directory);
    const page = await pageOf(again);
    await again.stop();

    expect(page).toContain('shop</a>: Something is wrong');
    expect(page).toMatch(/Last checked \d+ s ago/);
    expect(page).not.toContain('s3cret');
    expect(page).toContain('no worker has written how it is'); // of the bank
    expect(readFileSync(join(directory, 'kept', 'shop', 'status.json'), 'utf8')).toContain('502');
  });

  test('believes a token of its own target alone, and keeps nothing but a status of it', async ({
    directory,
    elsewhere,
  }) => {
    const good = statusText(status);

    const answers = [
      await send(elsewhere, good, 'a-token-that-is-none'),
      await send(elsewhere, good, OTHER),
      await send(elsewhere, good, TOKEN),
      await send(elsewhere, good, SENDER, '..%2fbank'),
      await send(elsewhere, statusText({ ...status, target: 'bank' })),
      await send(elsewhere, '{"version":2}'),
      await send(elsewhere, 'null'),
      await send(elsewhere, '{"__proto__":{"version":1}}'),
      await send(elsewhere, '{'),
      await send(elsewhere, ' '.repeat(2 ** 20 + 1)),
    ];
    const before = existsSync(join(directory, 'kept'));
    const taken = await send(elsewhere, good);
    const reading = await fetch(`${elsewhere.address}/status`, {
      headers: { authorization: `Bearer ${SENDER}` },
    });

    expect(answers.map((answer) => answer.status)).toEqual([
      401, 401, 401, 401, 400, 400, 400, 400, 400, 413,
    ]);
    expect([before, taken.status, reading.status]).toEqual([false, 200, 401]);
    expect(elsewhere.lines.join('\n')).not.toMatch(/the-token/);
  });

  test('that does not answer holds nobody up: it is said once, and told again when it is back', async () => {
    const said: string[] = [];
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((line) => {
      said.push(String(line));
      return true;
    });
    let code = 500;
    const bodies: string[] = [];
    const server = createServer((request, answer) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        if (code === 200) bodies.push(body);
        answer.writeHead(code, code === 307 ? { location: '/stolen' } : {}).end('\u001B[2Jbusy');
      });
    });
    const sender = openStatusSender(await listening(server), SENDER);
    const told = (line: RegExp) => () =>
      expect(said.filter((one) => line.test(one))).toHaveLength(1);

    for (let count = 0; count < 5; count += 1) sender.send(status);
    await vi.waitFor(told(/Cannot tell http:.* how "shop" is: 500 .?busy/), SOON);
    sender.send(status);
    code = 307;
    sender.send(status);
    await vi.waitFor(told(/Cannot tell http:.* how "shop" is: 307 .?busy/), SOON);
    code = 200;
    sender.send({ ...status, every: 1 });
    sender.send({ ...status, every: 2 });
    await vi.waitFor(told(/Able to tell .* how "shop" is again/), SOON);
    await vi.waitFor(() => expect(bodies.at(-1)).toContain('"every":2'), SOON);
    await sender.stop();
    stderr.mockRestore();
    server.close();

    expect(said.join('')).not.toContain('\u001B');
    expect(said.join('')).not.toContain(SENDER);
  });
});

function listening(server: Server): Promise<string> {
  return new Promise((settle) => {
    server.listen(0, '127.0.0.1', () => {
      settle(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}
