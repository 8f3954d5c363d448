import { describe, expect } from 'vitest';
import { reportAlert } from '../../src/client/incidents/report-alert.ts';
import { fingerprintOf, formerFingerprintOf } from '../../src/gateway/alerts/fingerprint-of.ts';
import { incidentId } from '../../src/incident/alert-report.ts';
import { DIRECT_TOKEN, openWorld, signalsTo, test, TOKEN } from './support/gateway.ts';
import { notification } from './support/notifications.ts';

const PATH = '/alertmanager/webhook';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('a source', () => {
  test('neither acknowledges nor resolves the incident of another, by the same labels or the same key', async ({
    world,
  }) => {
    const labels = { alertname: 'Down', target: world.target };
    const event = {
      dedup_key: 'disk/db-1',
      payload: { summary: 'x', source: 'y', severity: 'error' },
    };
    const enqueue = (routing_key: string, event_action: string) =>
      world.post('/v2/enqueue', {
        ...event,
        routing_key,
        event_action,
        payload: { ...event.payload, custom_details: { target: world.target } },
      });
    await world.send(PATH, notification([{ labels }]));
    await enqueue(TOKEN, 'trigger');

    const over = notification([{ labels, status: 'resolved' }]);
    const statuses = [
      (await world.post(PATH, over, bearer(DIRECT_TOKEN))).status,
      (await enqueue(DIRECT_TOKEN, 'acknowledge')).status,
      (await enqueue(DIRECT_TOKEN, 'resolve')).status,
    ];

    expect(statuses).toEqual([200, 202, 202]);
    expect((await world.told(labels)).map(({ status }) => status)).toEqual(['firing']);
    expect(await world.told(labels, 'prometheus')).toEqual([]);
    await world.send(PATH, over);
    await enqueue(TOKEN, 'acknowledge');
    expect((await world.told(labels)).map(({ status }) => status)).toEqual(['firing', 'resolved']);
  });

  test('goes on telling an incident that version 0.1 opened, by its name of then', async ({
    world,
  }) => {
    const labels = { alertname: 'Slow', target: world.target };
    const fingerprint = formerFingerprintOf({ labels });
    await reportAlert(
      world.client,
      {
        target: world.target,
        fingerprint,
        status: 'firing',
        severity: 'sev3',
        title: 'Slow',
        source: 'alertmanager',
        at: new Date().toISOString(),
      },
      `gateway-${crypto.randomUUID()}`,
    );

    await world.send(PATH, notification([{ labels }]));
    await world.send(PATH, notification([{ labels, status: 'resolved' }]));

    const told = await signalsTo(world.client, incidentId(world.target, fingerprint));
    expect(told).toMatchObject([
      { status: 'firing' },
      { status: 'firing', fingerprint },
      { status: 'resolved', fingerprint },
    ]);
    expect(await world.told(labels)).toEqual([]);
  });
});

describe('a rule whose runbook is misspelt', () => {
  test('opens its incident all the same: people are told', async () => {
    const name = `gateway-${crypto.randomUUID()}`;
    const rule = { match: {}, severity: 'sev1', runbook: 'restart_application' } as const;
    const world = await openWorld({ targets: [{ name, alerts: [rule] }] });
    const labels = { alertname: 'Down', target: name };

    const { status } = await world.send(PATH, notification([{ labels }]));
    const told = await signalsTo(
      world.client,
      incidentId(name, fingerprintOf({ labels }, 'alertmanager')),
    );
    await world.stop();

    expect(status).toBe(200);
    expect(told).toMatchObject([{ status: 'firing', remediation: 'restart_application' }]);
  });
});
