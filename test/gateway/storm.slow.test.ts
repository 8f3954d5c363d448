import { describe, expect } from 'vitest';
import type { Routed } from '../../src/gateway/alerts/route-alert.ts';
import type { AlertReport } from '../../src/incident/alert-report.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { openWorld, signalsTo, test, type World } from './support/gateway.ts';

const PATH = '/alertmanager/webhook';
/** As long as such bodies become durable. */
const LONG = 120_000;

interface Sent {
  readonly status?: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
}

/** A gateway for one target that has such a policy. */
async function worldWith(
  incidents: Routed['incidents'] & object,
  alerts: Routed['alerts'] = [{ match: {} }],
): Promise<{ world: World; name: string }> {
  const name = `storm-${crypto.randomUUID()}`;
  return { name, world: await openWorld({ targets: [{ name, alerts, incidents }] }) };
}

async function send(world: World, alerts: readonly Sent[]): Promise<number> {
  const startsAt = '2026-01-05T02:00:00Z';
  const { status } = await world.send(PATH, {
    alerts: alerts.map((one) => ({ status: 'firing', startsAt, ...one })),
  });
  return status;
}

/** What each incident of the target was sent, by its id. */
async function incidentsOf(target: string, world: World): Promise<Map<string, AlertReport[]>> {
  const found = new Map<string, AlertReport[]>();
  const query = `WorkflowId STARTS_WITH 'incident/${target}/'`;
  for await (const { workflowId } of world.client.workflow.list({ query }))
    found.set(workflowId, (await signalsTo(world.client, workflowId)) as AlertReport[]);
  return found;
}

const numbered = (count: number, labels = {}) =>
  Array.from({ length: count }, (_, index) => ({
    labels: { alertname: 'Down', severity: 'warning', instance: String(index), ...labels },
  }));

describe('a storm', () => {
  test(
    'of 10 000 alerts in one body is durable, as one incident, and no alert of it is left out',
    async () => {
      const { world, name } = await worldWith({ storm: 10 });
      const long = { pod: 'x'.repeat(300) };

      let status = await send(world, numbered(10_000, long));
      // As an Alertmanager does that is asked to come again: what is durable by then is not told twice.
      while (status === 503) status = await send(world, numbered(10_000, long));

      expect(status).toBe(200);
      await expect.poll(async () => (await incidentsOf(name, world)).size, TIMEOUT).toBe(1);
      const [reports] = [...(await incidentsOf(name, world)).values()];
      const told = reports!.flatMap(({ members = [] }) => members.map((one) => one.fingerprint));
      expect(new Set(told).size).toBe(10_000);
      expect(reports![0]).toMatchObject({ title: 'Many alerts at once', mixed: true });
      await world.stop();
    },
    LONG,
  );

  test('is as many alerts as the target says: fewer stay incidents of their own', async () => {
    const { world, name } = await worldWith({ storm: 10 });

    await send(world, numbered(10));

    await expect.poll(async () => (await incidentsOf(name, world)).size, TIMEOUT).toBe(10);
    await world.stop();
  });

  test('swallows no alert for which a runbook is started', async () => {
    const alerts = [
      { match: { alertname: 'ApplicationDown' }, runbook: 'application-down' },
      { match: {} },
    ];
    const { world, name } = await worldWith({ storm: 10 }, alerts);

    await send(world, [...numbered(20), { labels: { alertname: 'ApplicationDown' } }]);

    await expect.poll(async () => (await incidentsOf(name, world)).size, TIMEOUT).toBe(2);
    const all = [...(await incidentsOf(name, world)).values()].map(([first]) => first!);
    expect(all.map(({ remediation, members = [] }) => [remediation, members.length])).toEqual(
      expect.arrayContaining([
        ['application-down', 0],
        [undefined, 20],
      ]),
    );
    await world.stop();
  });

  test('stays one incident when an Alertmanager that has started anew sends its alerts in other groups', async () => {
    const { world, name } = await worldWith({ storm: 10 });
    const all = numbered(12);
    const one = { ...all[0]!, startsAt: '2026-01-05T03:00:00Z' };

    await send(world, all);
    for (let first = 0; first < 12; first += 4) await send(world, all.slice(first, first + 4));
    const count = (result: string) => world.figure('runbook_alerts_total', { result });
    expect([await count('reported'), await count('repeated')]).toEqual([12, 12]);
    // What is over and fires anew is another matter.
    await send(world, [{ ...all[0]!, status: 'resolved' }]);
    await send(world, [one]);

    await expect.poll(async () => (await incidentsOf(name, world)).size, TIMEOUT).toBe(2);
    await world.stop();
  });

  test('hears of its alerts when they are over, in however small a notification', async () => {
    const { world, name } = await worldWith({ storm: 10 });
    const [first, ...others] = numbered(12);

    await send(world, [first!, ...others]);
    await send(world, [{ ...first!, status: 'resolved' }]);

    await expect.poll(async () => (await incidentsOf(name, world)).size, TIMEOUT).toBe(1);
    const [reports] = [...(await incidentsOf(name, world)).values()];
    expect(reports!.map(({ status, members }) => [status, members!.length])).toEqual([
      ['firing', 12],
      ['resolved', 1],
    ]);
    await world.stop();
  });
});

describe('a group', () => {
  test('is one incident for each value of its labels, of one source', async () => {
    const { world, name } = await worldWith({ group: [{ match: {}, by: ['alertname'] }] });

    await send(world, [
      ...numbered(3),
      ...numbered(2, { alertname: 'Slow' }),
      ...numbered(1, { alertname: 'Slow', instance: 'worse', severity: 'critical' }),
    ]);
    await send(world, [{ ...numbered(1)[0]!, status: 'resolved' }]);

    await expect.poll(async () => (await incidentsOf(name, world)).size, TIMEOUT).toBe(2);
    const all = [...(await incidentsOf(name, world)).values()];
    const told = all.map((reports) =>
      reports.map(({ title, severity, status, members }) => [
        title,
        severity,
        status,
        members!.length,
      ]),
    );
    expect(told).toEqual(
      expect.arrayContaining([
        [
          ['Down', 'sev3', 'firing', 3],
          ['Down', 'sev3', 'resolved', 1],
        ],
        [['Slow', 'sev1', 'firing', 3]],
      ]),
    );
    await world.stop();
  });

  test('leaves what fires again after its end to be told, and repeats untold', async () => {
    const { world, name } = await worldWith({ group: [{ match: {}, by: [] }] });
    const [one] = numbered(1);

    await send(world, [one!]);
    await send(world, [one!]);
    await send(world, [{ ...one!, status: 'resolved' }]);
    await send(world, [one!]);

    const told = async () => [...(await incidentsOf(name, world)).values()].flat();
    await expect
      .poll(async () => (await told()).map(({ status }) => status), TIMEOUT)
      .toEqual(['firing', 'resolved', 'firing']);
    await world.stop();
  });
});
