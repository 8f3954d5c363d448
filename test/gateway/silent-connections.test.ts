import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startMetrics } from '../../src/cli/serve/metrics/start-metrics.ts';
import { openUiFront } from '../../src/door/ui/ui-front.ts';
import { cutSilent } from '../../src/os/http/cut-silent.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { openWorld } from './support/gateway.ts';

const HELD = 400;
const HEAD = 'POST /alertmanager/webhook HTTP/1.1\r\nhost: 127.0.0.1\r\n';

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

const servers = {
  async metrics() {
    const metrics = await startMetrics({ host: '127.0.0.1', port: await reservedPort() });
    ends.push(() => metrics.close());
    return { address: metrics.address, code: 200 };
  },
  async gateway() {
    const world = await openWorld();
    ends.push(() => world.stop());
    return { address: `${world.address}/metrics`, code: 200 };
  },
  async 'Temporal UI'() {
    const port = await reservedPort();
    // Who has no link gets no further.
    const door = { address: '127.0.0.1:1', key: {} } as Parameters<typeof openUiFront>[0]['door'];
    const front = await openUiFront({ door, port, to: '/' });
    ends.push(() => front.close());
    return { address: `http://127.0.0.1:${port}/`, code: 403 };
  },
};

describe.for(Object.keys(servers) as (keyof typeof servers)[])('%s, when somebody', (name) => {
  test.for([
    ['says nothing', ''],
    ['does not end what they say', 'GET /metr'],
    ['promises a body', `${HEAD}content-type: application/json\r\ncontent-length: 99999\r\n\r\n{`],
  ])(`holds ${HELD} connections and %s, still answers`, async ([, said = '']) => {
    const { address, code } = await servers[name]();
    const held = await hold(Number(new URL(address).port), said);

    for (let times = 0; times < 5; times += 1) {
      expect(await ask(address)).toBe(code);
      await sleep(50);
    }
    expect(held.cut()).toBeGreaterThan(100);
  });
});

test('nobody who waits for an answer is cut', async () => {
  const server = createServer((_, response) => setTimeout(() => response.end('well'), 1500));
  cutSilent(server, 20);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  const { port } = server.address() as AddressInfo;

  const asked = fetch(`http://127.0.0.1:${port}`);
  await once(server, 'request');
  await hold(port, '');

  expect(await (await asked).text()).toBe('well');
});

test('who asks and never reads the answers is silent, too', async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.end('x'.repeat(4 * 1024 * 1024));
  });
  cutSilent(server, 20);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const deaf = Array.from({ length: 60 }, () => connect(port, '127.0.0.1'));
  ends.push(() => deaf.forEach((socket) => socket.destroy()));
  for (const socket of deaf)
    socket.on('error', () => {}).write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await vi.waitFor(() => expect(asked).toBeGreaterThan(20), 5000);

  expect(await ask(`http://127.0.0.1:${port}`)).toBe(200);
  await vi.waitFor(async () =>
    expect(await promisify(server.getConnections.bind(server))()).toBeLessThanOrEqual(20),
  );
});

/** By a connection of its own: one that is kept for later is silent, too. */
async function ask(address: string): Promise<number | undefined> {
  const asked = get(address, { agent: false, timeout: 2000 });
  asked.once('timeout', () => asked.destroy(new Error('No answer for 2 s')));
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
}

/** Opens each anew that is cut, a little later. */
async function hold(port: number, said: string) {
  const open = new Set<Socket>();
  let cut = 0;
  let over = false;
  const one = () => {
    const socket = connect(port, '127.0.0.1', () => socket.resume().write(said));
    open.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      open.delete(socket);
      cut += 1;
      if (!over) setTimeout(one, 200);
    });
  };
  for (let each = 0; each < HELD; each += 1) one();
  ends.push(() => {
    over = true;
    for (const socket of open) socket.destroy();
  });
  await vi.waitFor(() => expect(cut).toBeGreaterThan(100), 5000);
  return { cut: () => cut };
}
