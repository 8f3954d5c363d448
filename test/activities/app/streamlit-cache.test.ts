import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect } from 'vitest';
import { cachedBytes } from '../../../src/activities/app/streamlit-cache.ts';
import { test as base } from '../../support/target.ts';

const OPEN_METRICS = { 'content-type': 'application/openmetrics-text; version=1.0.0' };

const test = base.extend<{ answering: (listener: RequestListener) => Promise<string> }>({
  answering: async ({}, use) => {
    let server: Server | undefined;
    await use(async (listener) => {
      server = createServer(listener);
      await new Promise<void>((done) => server!.listen(0, '127.0.0.1', done));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/app`;
    });
    server?.closeAllConnections();
    server?.close();
  },
});

describe('cachedBytes', () => {
  test('adds up its caches, and takes one that is named twice once', async ({ answering }) => {
    const line = 'cache_memory_bytes{cache_type="st_cache_data",cache="f"} 1000\n';
    const other = 'cache_memory_bytes{cache_type="st_cache_data",cache="g"} 2.5e+3\n';
    let asked: string | undefined;
    const url = await answering((request, response) => {
      asked = request.url;
      response.writeHead(200, OPEN_METRICS).end(`${line}${line}${other}# EOF\n`);
    });

    expect(await cachedBytes(url)).toBe(3500);
    expect(asked).toBe('/app/_stcore/metrics');
  });

  test('takes the page that Streamlit answers under any path for no figures', async ({
    answering,
  }) => {
    const url = await answering((_, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('cache_memory_bytes{} 1\n# EOF\n'),
    );

    expect(await cachedBytes(url)).toBeUndefined();
  });

  test('takes what is cut, endless or drips for no figures, and comes back in time', async ({
    answering,
  }) => {
    const begin = performance.now();
    const url = await answering((_, response) => {
      response.writeHead(200, OPEN_METRICS).write('cache_memory_bytes{} 1\n');
      const drip = setInterval(() => response.write('# more\n'), 100);
      response.on('close', () => clearInterval(drip));
    });

    expect(await cachedBytes(url)).toBeUndefined();
    expect(performance.now() - begin).toBeLessThan(60_000);
  });
});
