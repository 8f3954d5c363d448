import { describe, expect } from 'vitest';
import { startGateway } from '../../src/gateway/start-gateway.ts';
import { openWorld, test, TOKEN } from './support/gateway.ts';
import { notification } from './support/notifications.ts';

const PATH = '/alertmanager/webhook';

describe('the gateway', () => {
  test.for([
    ['what is no JSON', '{"alerts":', {}, 400],
    ['a poisoned prototype', '{"__proto__":{"x":1},"alerts":[]}', {}, 400],
    ['an empty body', '', {}, 400],
    ['another shape', { alerts: 'none' }, {}, 400],
    ['another type', 'alerts=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['a body above its limit', { alerts: [], pad: 'x'.repeat(16 * 1024 * 1024) }, {}, 413],
  ] as const)('refuses %s', async ([, body, headers, code], { world }) => {
    const answer = await world.post(PATH, body, { authorization: `Bearer ${TOKEN}`, ...headers });

    expect(answer.status).toBe(code);
  });

  test('answers 404 to what it does not serve', async ({ world }) => {
    expect((await world.get('/')).status).toBe(404);
    expect((await world.get(PATH)).status).toBe(404);
    expect((await world.send('/api/v1/alerts', [])).status).toBe(404);
  });

  test('lets one address make only so many requests', async () => {
    const world = await openWorld({ requestsPerMinute: 3 });

    const codes: number[] = [];
    for (let times = 0; times < 4; times += 1)
      codes.push((await world.send(PATH, notification([]))).status);

    expect(codes).toEqual([200, 200, 200, 429]);
    await world.stop();
  });

  test('opens incidents for everybody on loopback when it has no tokens, and never elsewhere', async () => {
    const world = await openWorld({ sources: [] });
    const labels = { alertname: 'Open', target: world.target };

    const { status } = await world.post(PATH, notification([{ labels }]));

    expect(status).toBe(200);
    expect((await world.told(labels)).map(({ source }) => source)).toEqual(['alertmanager']);
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.com'])
      await expect(
        startGateway({
          client: world.client,
          targets: [],
          sources: [],
          listen: { host, port: 0 },
          log: () => {},
        }),
      ).rejects.toThrow(
        `Cannot listen on ${host}: RUNBOOK_GATEWAY_TOKENS is not set, and anybody could open incidents`,
      );
    await world.stop();
  });
});
