import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { application, users } from '../../../src/activities/health/application/application.ts';
import { ask } from '../../../src/activities/health/application/ask.ts';
import { response } from '../../../src/activities/health/application/response.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { test as base } from '../../support/target.ts';
import { sampler } from './support/sampling.ts';
import { startWebServer, type WebServer } from './support/web-server.ts';

const test = base.extend<{ server: WebServer; served: SqliteTarget }>({
  server: async ({}, use) => {
    const server = await startWebServer();
    await use(server);
    server.process.kill('SIGKILL');
  },
  served: async ({ target, server: { url } }, use) => {
    const app = { ...target.app, url: `${url}/`, health: `${url}/health`, timeout: '1s' };
    await use({ ...target, app });
  },
});

describe('application', () => {
  test('is well when it answers, and hung when it is stopped by a signal, until it goes on', async ({
    served,
    server,
  }) => {
    const sample = sampler(served, { pids: [server.pid] });

    const before = await sample(application);
    server.process.kill('SIGSTOP');
    const stopped = await sample(application);
    server.process.kill('SIGCONT');
    const after = await sample(application);

    expect(before['app.health']).toMatchObject({ verdict: 'ok' });
    expect(before['app.hung']).toMatchObject({ verdict: 'ok' });
    expect(stopped['app.health']).toMatchObject({
      verdict: 'critical',
      note: 'Expected 2xx, got no answer within 1 s',
      runbook: 'application-down',
    });
    expect(stopped['app.hung']).toMatchObject({ verdict: 'critical', value: 2 });
    expect(stopped['app.hung']!.note).toBe(
      `Hung: it accepts connections and does not answer, 2 connections waiting; process ${server.pid} is stopped by a signal`,
    );
    expect(after['app.hung']).toMatchObject({ verdict: 'ok' });
  });

  test('is down, and not hung, when nobody listens', async ({ served, server }) => {
    server.process.kill('SIGKILL');
    await once(server.process, 'exit');

    const figures = await sampler(served)(application);

    expect(figures['app.page']).toMatchObject({
      verdict: 'critical',
      note: 'Expected 2xx, got no connection (ECONNREFUSED)',
    });
    expect(figures['app.hung']).toMatchObject({ verdict: 'ok' });
  });

  test('has the connections of others for users, and not those of its samples', async ({
    served,
    server,
  }) => {
    const sample = sampler(
      { ...served, metrics: { users: { warning: 2 } } },
      { pids: [server.pid] },
    );
    await sample(application);

    const none = await sample(users);
    const { port } = new URL(server.url);
    const clients = [connect(Number(port), '127.0.0.1'), connect(Number(port), '127.0.0.1')];
    await Promise.all(clients.map((client) => once(client, 'connect')));
    const two = await sample(users);
    for (const client of clients) client.destroy();

    expect(none['app.users']).toMatchObject({ value: 0, verdict: 'ok' });
    expect(two['app.users']).toMatchObject({
      value: 2,
      verdict: 'warning',
      limit: 'warning from 2',
    });
  });
});

describe('ask', () => {
  test('hears what came while its own process was held up, and takes that for no time of the server', async ({
    server,
  }) => {
    // Connected once before, so that nothing has to be loaded.
    await ask(server.url, 1000);

    const asked = ask(`${server.url}/slow`, 1000);
    await sleep(20);
    const begun = performance.now();
    while (performance.now() - begun < 2000);
    const heard = await asked;

    expect(heard).toMatchObject({ ok: true, text: '200' });
    expect(heard.seconds).toBeLessThan(1);
  });

  test('waits for a silent server as long as it is told', async ({ server }) => {
    server.process.kill('SIGSTOP');

    const heard = await ask(server.url, 400);

    expect(heard).toMatchObject({ ok: false, text: 'no answer within 0.4 s', timedOut: true });
    expect(heard.seconds).toBeGreaterThanOrEqual(0.4);
    expect(heard.seconds).toBeLessThan(1);
  });
});

describe('response', () => {
  test('counts failures apart from times, and lets them alone be critical', async ({ served }) => {
    const broken: SqliteTarget = {
      ...served,
      app: { ...served.app, url: `${served.app.url}broken` },
      metrics: { errorRate: { warning: '1%', critical: '5%' } },
    };

    const figures = await sampler(broken)(response);

    expect(figures['response.failures']).toMatchObject({ value: 1, verdict: 'critical' });
    expect(figures['response.p95']).toMatchObject({ verdict: 'unknown' });
  });

  test('is slow above the limit, and unknown while this machine itself is slow', async ({
    served,
  }) => {
    const slow: SqliteTarget = {
      ...served,
      app: { ...served.app, url: `${served.app.url}slow`, timeout: '10s' },
      metrics: { responseTime: { warning: '100ms' } },
    };

    const seen = await sampler(slow, { answers: 2 })(response);
    const blind = await sampler(slow, { answers: 2, slowness: 'this machine waits' })(response);

    expect(seen['response.p95']).toMatchObject({
      verdict: 'warning',
      limit: 'warning above 100ms',
      runbook: 'performance-degraded',
    });
    expect(seen['response.p50']!.value).toBeGreaterThan(0.29);
    expect(blind['response.p95']).toMatchObject({ verdict: 'unknown' });
    expect(blind['response.failures']).toMatchObject({ verdict: 'ok' });
  });
});
