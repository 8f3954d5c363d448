import { describe, expect } from 'vitest';
import { test } from './support/gateway.ts';

const PATH = '/api/v2/alerts';
const STARTED = '2026-03-01T03:00:00Z';

describe('POST /api/v2/alerts', () => {
  test('takes what Prometheus sends: one that ends in the past is resolved', async ({ world }) => {
    const labels = { alertname: 'Slow', target: world.target, severity: 'warning' };
    const alert = { labels, annotations: {}, startsAt: STARTED, generatorURL: '/graph' };
    const ahead = new Date(Date.now() + 240_000).toISOString();

    const fired = await world.send(PATH, [{ ...alert, endsAt: ahead }]);
    const ended = await world.send(PATH, [{ ...alert, endsAt: '2026-03-01T03:30:00Z' }]);

    expect([fired.status, ended.status]).toEqual([200, 200]);
    expect(
      (await world.told(labels)).map(({ status, severity, at, title, links }) => [
        status,
        severity,
        at,
        title,
        links,
      ]),
    ).toEqual([
      ['firing', 'sev3', '2026-03-01T03:00:00.000Z', 'Slow', undefined],
      ['resolved', 'sev3', '2026-03-01T03:30:00.000Z', 'Slow', undefined],
    ]);
  });

  test('takes a time that lies ahead, or is none, for now', async ({ world }) => {
    const begun = Date.now();
    const times = [new Date(begun + 3_600_000).toISOString(), 'yesterday', '0001-01-01T00:00:00Z'];

    for (const [index, startsAt] of times.entries())
      await world.send(PATH, [
        { labels: { alertname: 'Odd', target: world.target, index: `${index}` }, startsAt },
      ]);

    for (const index of times.keys()) {
      const [told] = await world.told({
        alertname: 'Odd',
        target: world.target,
        index: `${index}`,
      });
      expect(Date.parse(told!.at)).toBeGreaterThanOrEqual(begun);
      expect(Date.parse(told!.at)).toBeLessThanOrEqual(Date.now());
    }
  });

  test('takes hundreds of alerts of one request, in more than one try if need be', async ({
    world,
  }) => {
    const alerts = Array.from({ length: 300 }, (_, index) => ({
      labels: { alertname: 'Storm', target: world.target, index: `${index}` },
      startsAt: STARTED,
    }));

    let status = 503;
    for (let tries = 0; status === 503 && tries < 30; tries += 1)
      ({ status } = await world.send(PATH, alerts));

    expect(status).toBe(200);
    expect(await world.told(alerts[299]!.labels)).toHaveLength(1);
    expect(await world.told(alerts[0]!.labels)).toHaveLength(1);
  });
});
