import { describe, expect } from 'vitest';
import { PagerDutyEvent as Event } from './support/pagerduty-event.ts';
import { test, type World } from './support/world.ts';

const KEY = '0123456789abcdef0123456789abcdef';
const secrets = { 'env:PD': KEY };

/** In the place of PagerDuty: takes what its documentation allows, with 202. */
async function pagerDuty(world: World) {
  const service = await world.listen((response, { body, headers }) => {
    const allowed =
      headers['content-type'] === 'application/json' && Event.safeParse(JSON.parse(body)).success;
    response.writeHead(allowed ? 202 : 400).end('{"status":"..."}');
  });
  const channels = { pd: { kind: 'pagerduty', key: 'env:PD', url: `${service.url}/v2/enqueue` } };
  const events = () => service.heard.map(({ body }) => Event.parse(JSON.parse(body)));
  return { service, channels, events };
}

describe('PagerDuty', () => {
  test('gets the beginning, who has it, and the end, as one alert', async ({ world }) => {
    const { service, channels, events } = await pagerDuty(world);

    const sent = [
      await world.send(channels, { urgent: true }, { secrets }),
      await world.send(channels, { event: 'acknowledge' }, { secrets }),
      await world.send(channels, { event: 'resolve' }, { secrets }),
    ].flat();

    expect(sent.map(({ detail }) => detail)).toEqual(
      Array.from({ length: 3 }, () => `HTTP 202 from ${service.host}`),
    );
    const [trigger, ...ends] = events();
    expect(trigger).toMatchObject({
      routing_key: KEY,
      dedup_key: 'incident/shop/down/1',
      event_action: 'trigger',
      payload: {
        summary: 'sev1 shop: The shop is down',
        source: 'shop',
        severity: 'critical',
        timestamp: '2026-01-05T02:00:00.000Z',
        custom_details: { contact: 'operations', phone: '+1 555 0100' },
      },
    });
    expect(ends).toEqual(
      ['acknowledge', 'resolve'].map((event_action) => ({
        routing_key: KEY,
        dedup_key: 'incident/shop/down/1',
        event_action,
      })),
    );
  });

  test('gets no longer texts than it takes, and still a key of its own for each thread', async ({
    world,
  }) => {
    const { channels, events } = await pagerDuty(world);
    const long = 'x'.repeat(300);

    for (const thread of [`${long}1`, `${long}2`, `${long}1`]) {
      const page = { thread, subject: '😀'.repeat(2000), urgent: true };
      expect((await world.send(channels, page, { secrets }))[0]!.delivered).toBe(true);
    }

    const keys = events().map((event) => event.dedup_key);
    expect(keys[0]).toBe(keys[2]);
    expect(keys[0]).not.toBe(keys[1]);
  });

  test('is never asked twice what it finds wrong, and believed only when it says 202', async ({
    world,
  }) => {
    for (const status of [400, 200]) {
      const service = await world.listen((response) => response.writeHead(status).end());
      const channels = { pd: { kind: 'pagerduty', key: 'env:PD', url: service.url } };

      const [delivery] = await world.send(channels, { urgent: true }, { secrets });

      expect(delivery).toEqual({
        channel: 'pd',
        delivered: false,
        rings: true,
        detail: `HTTP ${status} from ${service.host}`,
      });
      expect(service.heard).toHaveLength(1);
    }
  });

  test('is not disturbed by what is not urgent', async ({ world }) => {
    const { service, channels } = await pagerDuty(world);

    for (const event of ['trigger', 'note'] as const)
      expect(await world.send(channels, { event }, { secrets })).toEqual([]);
    expect(service.heard).toEqual([]);
  });
});
