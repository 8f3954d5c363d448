import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect } from 'vitest';
import { application } from '../../../src/activities/health/application/application.ts';
import { proxy } from '../../../src/activities/health/application/proxy.ts';
import { test as base } from '../../support/target.ts';
import { sampler } from './support/sampling.ts';

const test = base.extend<{ serve: (listener: RequestListener) => Promise<string> }>({
  serve: async ({}, use) => {
    const servers: ReturnType<typeof createServer>[] = [];
    await use(async (listener) => {
      const server = createServer(listener);
      servers.push(server);
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    });
    for (const server of servers) server.close();
  },
});

describe('proxy', () => {
  test('that is broken is told from the application, which answers past it', async ({
    target,
    serve,
  }) => {
    const url = await serve((_, response) => response.end('here'));
    const broken = await serve((_, response) => response.writeHead(502).end());
    const proxied = {
      ...target,
      app: { ...target.app, url, health: url },
      proxy: { kind: 'nginx', url: broken, certificateWarning: '21d' },
    } as const;
    const sample = sampler(proxied);

    const past = await sample(application);
    const through = await sample(proxy);

    expect(past['app.page']).toMatchObject({ verdict: 'ok' });
    expect(through['proxy.page']).toMatchObject({
      verdict: 'critical',
      note: 'Expected 2xx, got 502',
    });
  });

  test('whose clock is an hour ahead is a warning, and one that shows none is unknown', async ({
    target,
    serve,
  }) => {
    let date: string | undefined = new Date(Date.now() + 3_600_000).toUTCString();
    const url = await serve((_, response) => {
      response.sendDate = false;
      if (date !== undefined) response.setHeader('date', date);
      response.end();
    });
    const sample = sampler({ ...target, app: { ...target.app, url, health: url } });

    const ahead = await sample(proxy);
    date = new Date().toUTCString();
    const right = await sample(proxy);
    date = undefined;
    const none = await sample(proxy);

    expect(ahead['clock.offset']).toMatchObject({ verdict: 'warning' });
    expect(ahead['clock.offset']!.value).toBeGreaterThan(3590);
    expect(ahead['clock.offset']!.note).toContain("ahead of this machine's clock");
    expect(right['clock.offset']).toMatchObject({ verdict: 'ok' });
    expect(none['clock.offset']).toMatchObject({ verdict: 'unknown' });
    expect(none['proxy.page']).toMatchObject({ verdict: 'not applicable' });
  });
});
