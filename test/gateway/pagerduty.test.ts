import { describe, expect } from 'vitest';
import { fingerprintOf } from '../../src/gateway/alerts/fingerprint-of.ts';
import { incidentId } from '../../src/incident/alert-report.ts';
import { openWorld, signalsTo, test, TOKEN, type World } from './support/gateway.ts';

const PATH = '/v2/enqueue';
const payload = { summary: 'Disk full', source: 'db-1', severity: 'error', class: 'disk' };

async function toldOf({ client, target }: World, identity: string, source = 'alertmanager') {
  const id = incidentId(target, fingerprintOf({ labels: {}, identity }, source));
  return (await signalsTo(client, id)) as Readonly<Record<string, unknown>>[];
}

describe('POST /v2/enqueue', () => {
  test('opens, acknowledges and resolves the incident of a key', async ({ world }) => {
    const post = (event: object) => world.post(PATH, { routing_key: TOKEN, ...event });
    const details = { target: world.target, free: 0 };

    const opened = await post({
      event_action: 'trigger',
      dedup_key: 'disk/db-1',
      payload: { ...payload, custom_details: details },
      links: [{ href: 'https://graphs.example.com/1' }, { text: 'no address' }],
      unknown: true,
    });
    const others = [
      await post({ event_action: 'acknowledge', dedup_key: 'disk/db-1' }),
      await post({ event_action: 'resolve', dedup_key: 'disk/db-1' }),
      await post({ event_action: 'resolve', dedup_key: 'never seen' }),
    ];

    expect(await opened.json()).toEqual({
      status: 'success',
      message: 'Event processed',
      dedup_key: 'disk/db-1',
    });
    expect([opened, ...others].map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    const told = await toldOf(world, 'disk/db-1');
    expect(told.map((one) => one['what'] ?? one['status'])).toEqual([
      'firing',
      'acknowledge',
      'resolved',
    ]);
    expect(told[0]).toMatchObject({
      severity: 'sev2',
      title: 'Disk full',
      source: 'alertmanager',
      links: ['https://graphs.example.com/1'],
    });
    expect(told[1]).toEqual({ what: 'acknowledge', by: 'alertmanager', via: 'pagerduty' });
  });

  test('keeps what Alertmanager says in its details: rules go by that', async () => {
    const rule = { match: { alertname: 'ApplicationDown' }, runbook: 'application-down' } as const;
    const name = `gateway-${crypto.randomUUID()}`;
    const world = await openWorld({ targets: [{ name, alerts: [rule] }] });
    const custom_details = {
      alertname: 'ApplicationDown',
      target: name,
      firing: 'Labels:\n - alertname = ApplicationDown\n',
      num_firing: 2,
      extra: { nested: true },
    };

    const opened = await world.post(PATH, {
      routing_key: TOKEN,
      event_action: 'trigger',
      dedup_key: 'c0ffee',
      client: 'Alertmanager',
      payload: { ...payload, class: undefined, severity: 'Critical', custom_details },
    });

    expect(opened.status).toBe(202);
    const told = await toldOf({ ...world, target: name }, 'c0ffee');
    expect(told[0]).toMatchObject({ remediation: 'application-down', severity: 'sev1' });
    expect(told[0]!['details']).toContain('num_firing');
    await world.stop();
  });

  test('finds a target by its rules, and makes a key for who gives none', async () => {
    const rule = {
      match: { source: 'db-*' },
      severity: 'sev1',
      runbook: 'database-locked',
    } as const;
    const name = `gateway-${crypto.randomUUID()}`;
    const world = await openWorld({
      targets: [
        { name, alerts: [rule] },
        { name: `${name}-b`, alerts: [] },
      ],
    });
    const trigger = { routing_key: TOKEN, event_action: 'trigger', payload };

    const first = (await (await world.post(PATH, trigger)).json()) as { dedup_key: string };
    const second = (await (await world.post(PATH, trigger)).json()) as { dedup_key: string };

    expect(first.dedup_key).toMatch(/^[0-9a-f]{32}$/);
    expect(second.dedup_key).toBe(first.dedup_key);
    const told = await toldOf({ ...world, target: name }, first.dedup_key);
    expect(told[0]).toMatchObject({ severity: 'sev1', remediation: 'database-locked' });
    await world.stop();
  });

  test.for([
    ['a wrong key', { routing_key: 'x', event_action: 'trigger', payload }, 401],
    ['no key', { event_action: 'trigger', payload }, 401],
    ['an unknown action', { routing_key: TOKEN, event_action: 'explode', payload }, 400],
    ['a trigger without payload', { routing_key: TOKEN, event_action: 'trigger' }, 400],
    ['a resolve without key', { routing_key: TOKEN, event_action: 'resolve' }, 400],
    ['no object', 'null', 401],
  ] as const)('refuses %s', async ([, body, code], { world }) => {
    expect((await world.post(PATH, body)).status).toBe(code);
  });
});
