import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { httpActivities } from '../../../src/activities/app/http-activities.ts';
import { App } from '../../../src/config/schema/target.ts';
import { test as base } from '../../support/target.ts';

/** Real servers, closed after the test. */
const test = base.extend<{
  serve: (listener: RequestListener, port?: number) => Promise<{ url: string; server: Server }>;
}>({
  serve: async ({}, use) => {
    const servers: Server[] = [];
    await use(async (listener, port = 0) => {
      const server = createServer(listener);
      servers.push(server);
      await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
      return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/health` };
    });
    for (const server of servers) server.closeAllConnections();
    for (const server of servers) server.close();
  },
});

describe('http.isReady', () => {
  test('is true for 2xx and for nothing else', async ({ serve }) => {
    const answers: boolean[] = [];
    for (const status of [200, 204, 302, 404, 500, 503]) {
      const { url } = await serve((_request, response) =>
        response.writeHead(status, { location: '/health-ok' }).end(),
      );
      answers.push(await http(url).isReady());
    }

    expect(answers).toEqual([true, true, false, false, false, false]);
  });

  test('is false when nothing listens, and when the answer does not come in time', async ({
    serve,
  }) => {
    const { url } = await serve(() => {});

    expect(await http('http://127.0.0.1:1/').isReady()).toBe(false);
    expect(await http(url, { timeout: '100ms' }).isReady()).toBe(false);
  });

  test('sends the name and password of the URL as HTTP wants them', async ({ serve }) => {
    const { url } = await serve(({ headers: { authorization } }, response) =>
      response.writeHead(authorization === `Basic ${btoa('me:se/cret')}` ? 200 : 401).end(),
    );

    expect(await http(url.replace('//', '//me:se%2Fcret@')).isReady()).toBe(true);
    expect(await http(url).isReady()).toBe(false);
  });
});

describe('http.expectReady', () => {
  test('notices within 100 ms that a fast application is ready', async ({ serve }) => {
    const lag = watchLag();
    const { url, server } = await serve(() => {});
    const { port } = new URL(url);
    await new Promise((done) => server.close(done));
    const waiting = http(url, { ready: { within: '10s', every: '1s' } }).expectReady();
    await sleep(400);
    const readyAt = Date.now();
    await serve((_request, response) => response.end('ok'), Number(port));

    const noticed = await waiting;

    // What the machine itself was late by, so that a busy one does not count against us.
    expect(Date.parse(noticed.readyAt) - readyAt).toBeLessThan(100 + lag.worst());
    expect(noticed.milliseconds).toBeGreaterThanOrEqual(390);
  });

  test('asks seldom when it takes long', async ({ serve }) => {
    let asked = 0;
    const { url } = await serve((_request, response) => {
      asked += 1;
      response.writeHead(503).end();
    });

    await http(url, { ready: { within: '2s', every: '500ms' } })
      .expectReady()
      .catch(() => {});

    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(50);
  });

  test('names the last answer when the time is over, and no password', async ({ serve }) => {
    const { url } = await serve((_request, response) => response.writeHead(503).end());
    const { host } = new URL(url);
    const ready = { within: '2s', every: '100ms' };

    await expect(http(url, { ready }).expectReady()).rejects.toMatchObject({
      type: 'NotReady',
      nonRetryable: true,
      message: `Expected 2xx from http://${host}/health within 2s: got 503`,
    });
    await expect(http(`http://me:secret@${host}/`, { ready }).expectReady()).rejects.toThrow(
      `Expected 2xx from http://***@${host}/ within 2s: got 503`,
    );
  });

  test('names an earlier answer when the end of the time cuts the last question short', async ({
    serve,
  }) => {
    let asked = 0;
    const { url } = await serve((_request, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(503).end();
    });

    await expect(
      http(url, { ready: { within: '3s', every: '50ms' } }).expectReady(),
    ).rejects.toThrow(`Expected 2xx from ${url} within 3s: got 503`);
    expect(asked).toBe(2);
  });

  test('tells that nothing listens', async ({ serve }) => {
    const { url, server } = await serve(() => {});
    server.close();

    await expect(
      http(url, { ready: { within: '1s', every: '50ms' } }).expectReady(),
    ).rejects.toThrow(`Expected 2xx from ${url} within 1s: got no connection (ECONNREFUSED)`);
  });

  test('ends in time when the application accepts and never answers', async ({ serve }) => {
    const { url } = await serve(() => {});
    const begin = performance.now();

    const waiting = http(url, { ready: { within: '500ms', every: '1s' } }).expectReady();

    await expect(waiting).rejects.toThrow(/got no answer within 0\.\d+ s$/);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });
});

describe('http.measure', () => {
  test('takes 20 answers, and counts those that fail apart', async ({ serve }) => {
    let asked = 0;
    const { url } = await serve((_, response) => {
      asked += 1;
      response.writeHead(asked % 10 === 0 ? 500 : 200).end();
    });

    const { samples, failed, p50, p95, note } = await http(url).measure();

    expect({ asked, samples, failed }).toEqual({ asked: 20, samples: 20, failed: 2 });
    expect(p50).toBeLessThanOrEqual(p95!);
    expect(note).toMatch(
      /^p50 \d+ ms, p95 \d+ ms of 18 answers; 2 of 20 failed, the last with 500$/,
    );
  });

  test('takes the slowest of 20 for none of the 95 percent', async ({ serve }) => {
    let asked = 0;
    const { url } = await serve((_, response) => {
      asked += 1;
      setTimeout(() => response.end(), asked === 7 ? 1500 : 0);
    });

    const { p95 } = await http(url).measure();

    expect(p95).toBeLessThan(1500);
  });

  test('judges by the limit of the target only', async ({ serve }) => {
    const { url } = await serve((_, response) => response.end());
    const app = App.parse({ url, health: url });
    const measure = (responseTime: { warning: string } | undefined) =>
      httpActivities({ app, metrics: { responseTime } }).measure();

    expect((await measure(undefined)).slow).toBeUndefined();
    expect((await measure({ warning: '1h' })).slow).toBe(false);
  });

  test('tells that nothing answers at all', async ({ serve }) => {
    const { url, server } = await serve(() => {});
    server.close();

    const { p50, note } = await http(url).measure();

    expect(p50).toBeUndefined();
    expect(note).toBe('20 of 20 failed, the last with no connection (ECONNREFUSED)');
  });
});

function http(health: string, more: Record<string, unknown> = {}) {
  return httpActivities({ app: App.parse({ url: health, health, timeout: '5s', ...more }) });
}

/** How much later than asked for a timer of this process came, at worst, in ms. */
function watchLag(): { worst(): number } {
  let worst = 0;
  let expected = performance.now() + 5;
  const timer = setInterval(() => {
    worst = Math.max(worst, performance.now() - expected);
    expected = performance.now() + 5;
  }, 5);
  return {
    worst() {
      clearInterval(timer);
      return worst;
    },
  };
}
