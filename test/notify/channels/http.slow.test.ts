import { describe, expect } from 'vitest';
import { test } from './support/world.ts';

const channels = { hook: { kind: 'webhook', url: 'env:HOOK' } };
const at = (url: string, timeout?: number) => ({
  secrets: { 'env:HOOK': url },
  ...(timeout && { timeout }),
});

describe('a service', () => {
  test('that fails for a moment is asked once more, with the same message', async ({ world }) => {
    for (const status of [408, 429, 500, 503]) {
      const service = await world.listen((response, _heard, count) =>
        response.writeHead(count === 1 ? status : 200).end(),
      );

      const [delivery] = await world.send(channels, {}, at(service.url));

      expect(delivery).toEqual({
        channel: 'hook',
        delivered: true,
        detail: `HTTP 200 from ${service.host}`,
      });
      expect(service.heard).toHaveLength(2);
      expect(service.heard[1]!.body).toBe(service.heard[0]!.body);
    }
  });

  test('that goes on failing is asked twice', async ({ world }) => {
    const service = await world.listen((response) => response.writeHead(500).end());

    const [delivery] = await world.send(channels, {}, at(service.url));

    expect(delivery).toMatchObject({ delivered: false, detail: `HTTP 500 from ${service.host}` });
    expect(service.heard).toHaveLength(2);
  });

  test('that refuses, or leads elsewhere, is asked once', async ({ world }) => {
    const elsewhere = await world.listen();
    for (const status of [302, 307, 400, 401, 404]) {
      const service = await world.listen((response) =>
        response.writeHead(status, { location: elsewhere.url }).end(),
      );

      const [delivery] = await world.send(channels, {}, at(service.url));

      expect(delivery!.detail).toBe(`HTTP ${status} from ${service.host}`);
      expect(service.heard).toHaveLength(1);
    }
    expect(elsewhere.heard).toEqual([]);
  });

  test('that asks to wait a second is asked after it', async ({ world }) => {
    const times: number[] = [];
    const service = await world.listen((response, _heard, count) => {
      times.push(performance.now());
      response.writeHead(count === 1 ? 429 : 202, { 'retry-after': '1' }).end();
    });

    const [delivery] = await world.send(channels, {}, at(service.url));

    expect(delivery!.delivered).toBe(true);
    expect(times[1]! - times[0]!).toBeGreaterThan(990);
  });

  test('that asks to wait long is left to the next attempt at the page', async ({ world }) => {
    const later = new Date(Date.now() + 600_000).toUTCString();
    for (const [header, seconds] of [
      ['30', '30'],
      [later, '(600|5\\d\\d)'],
    ]) {
      const service = await world.listen((response) =>
        response.writeHead(429, { 'retry-after': header }).end(),
      );

      const [delivery] = await world.send(channels, {}, at(service.url));

      expect(delivery!.detail).toMatch(
        new RegExp(`^HTTP 429 from ${service.host}, which asks to wait ${seconds} s$`),
      );
      expect(service.heard).toHaveLength(1);
    }
  });

  test('that hangs costs no more than the time there is', async ({ world }) => {
    const service = await world.listen(() => {});
    const begin = performance.now();

    const [delivery] = await world.send(channels, {}, at(service.url, 300));

    expect(delivery).toMatchObject({ delivered: false, detail: 'No answer within 0.3 s' });
    expect(service.heard.length).toBeLessThan(2);
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  test('that fails, then hangs, is reported by how it failed', async ({ world }) => {
    const service = await world.listen((response, _heard, count) => {
      if (count === 1) response.writeHead(503).end();
    });

    const [delivery] = await world.send(channels, {}, at(service.url, 3000));

    expect(delivery!.detail).toBe(`HTTP 503 from ${service.host}`);
    expect(service.heard).toHaveLength(2);
  });

  test('that hangs up is asked once more', async ({ world }) => {
    const service = await world.listen((response, _heard, count) => {
      if (count === 1) response.socket!.resetAndDestroy();
      else response.end();
    });

    const [delivery] = await world.send(channels, {}, at(service.url));

    expect(delivery!.delivered).toBe(true);
    expect(service.heard).toHaveLength(2);
  });

  test('that is gone is reported by host and reason', async ({ world }) => {
    const service = await world.listen();
    service.close();

    const [delivery] = await world.send(channels, {}, at(service.url));

    expect(delivery!.detail).toBe(`No connection to ${service.host} (ECONNREFUSED)`);
  });

  test('whose URL is none is reported without it', async ({ world }) => {
    for (const url of ['hooks.example.com/xyzzy', 'file:///etc/passwd', 'http://[xyzzy'])
      expect((await world.send(channels, {}, at(url)))[0]!.detail).toBe(
        'The secret holds no http:// or https:// URL',
      );
  });
});
