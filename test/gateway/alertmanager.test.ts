import { describe, expect } from 'vitest';
import { incidentId } from '../../src/incident/alert-report.ts';
import { signalsTo, test, TOKEN } from './support/gateway.ts';
import { notification } from './support/notifications.ts';

const PATH = '/alertmanager/webhook';

describe('POST /alertmanager/webhook', () => {
  test('is answered when the alert is durable in its incident', async ({ world }) => {
    const labels = { alertname: 'AppDown', target: world.target, severity: 'critical' };
    const annotations = {
      summary: 'The application is down',
      description: 'up == 0',
      runbook_url: 'https://wiki.example.com/down',
    };

    const { status } = await world.send(PATH, notification([{ labels, annotations }]));

    expect(status).toBe(200);
    expect(await world.told(labels)).toEqual([
      {
        target: world.target,
        fingerprint: expect.stringMatching(/^app-down-[0-9a-f]{32}$/),
        status: 'firing',
        severity: 'sev1',
        title: 'The application is down',
        details: `up == 0\n\nalertname: AppDown\ntarget: ${world.target}\nseverity: critical`,
        labels,
        source: 'alertmanager',
        at: '2026-03-01T03:00:00.123Z',
        links: [
          'https://wiki.example.com/down',
          'http://prometheus:9090/graph?g0.expr=up',
          'http://alertmanager:9093',
        ],
      },
    ]);
    expect(await world.figure('runbook_alerts_total', { result: 'reported' })).toBe(1);
    expect(await world.figure('runbook_intake_seconds_count')).toBe(1);
  });

  test('reports to the open incident when it is resolved, and opens none for that', async ({
    world,
  }) => {
    const open = { alertname: 'Slow', target: world.target };
    const never = { alertname: 'NeverSeen', target: world.target };
    const resolved = (labels: typeof open) => ({ status: 'resolved' as const, labels });
    await world.send(PATH, notification([{ labels: open }]));

    const answers = [
      await world.send(PATH, notification([resolved(open), resolved(never)])),
      await world.send(PATH, notification([resolved(open)])),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const told = await world.told(open);
    expect(told.map(({ status, at }) => [status, at])).toEqual([
      ['firing', '2026-03-01T03:00:00.123Z'],
      // What is repeated is durable already.
      ['resolved', '2026-03-01T03:10:00.000Z'],
    ]);
    expect(await world.told(never)).toEqual([]);
  });

  test('writes what is repeated once, and a new episode again', async ({ world }) => {
    const labels = { alertname: 'Repeated', target: world.target };

    for (const startsAt of ['2026-03-01T03:00:00Z', '2026-03-01T03:00:00Z', '2026-03-01T04:00:00Z'])
      await world.send(PATH, notification([{ labels, startsAt }]));

    const told = await world.told(labels);
    expect(told.map(({ at }) => at)).toEqual([
      '2026-03-01T03:00:00.000Z',
      '2026-03-01T04:00:00.000Z',
    ]);
    expect(await world.figure('runbook_alerts_total', { result: 'repeated' })).toBe(1);
  });

  test('resolves nothing when alerts were left out', async ({ world }) => {
    const labels = { alertname: 'Cut', target: world.target };
    await world.send(PATH, notification([{ labels }]));

    const { status } = await world.send(
      PATH,
      notification([{ labels, status: 'resolved' }], { truncatedAlerts: 3 }),
    );

    expect(status).toBe(200);
    expect((await world.told(labels)).map(({ status }) => status)).toEqual(['firing']);
    expect(await world.figure('runbook_alerts_total', { result: 'doubtful' })).toBe(1);
    expect(world.lines.join()).toMatch('alertmanager left out 3 alerts');
  });

  test('keeps an incident open while the same alert fires less badly', async ({ world }) => {
    const labels = { alertname: 'Disk', target: world.target };

    await world.send(
      PATH,
      notification([
        { labels: { ...labels, severity: 'warning' } },
        { labels: { ...labels, severity: 'critical' }, status: 'resolved' },
      ]),
    );

    expect((await world.told(labels)).map(({ status, severity }) => [status, severity])).toEqual([
      ['firing', 'sev3'],
    ]);
  });

  test('answers 200 for what no target takes, and makes it seen', async ({ world }) => {
    const stray = { labels: { alertname: 'Stray\n"thing"', target: 'elsewhere' } };

    const { status } = await world.send(PATH, notification([stray]));

    expect(status).toBe(200);
    expect(world.lines).toEqual([`No target takes the alert "Stray 'thing'" of alertmanager`]);
    expect(await world.figure('runbook_alerts_total', { result: 'unrouted' })).toBe(1);
  });

  test('takes the good alerts beside one that cannot be read', async ({ world }) => {
    const labels = { alertname: 'Good', target: world.target };
    const body = notification([{ labels }]);

    const mixed = await world.send(PATH, {
      ...body,
      alerts: [...body.alerts, { labels: 7 }, null],
    });
    const bad = await world.send(PATH, { ...body, alerts: [null] });

    expect([mixed.status, bad.status]).toEqual([200, 400]);
    expect(await world.told(labels)).toHaveLength(1);
    expect(await world.figure('runbook_alerts_total', { result: 'invalid' })).toBe(3);
  });

  test('takes the password of any user for a token, too', async ({ world }) => {
    const authorization = `Basic ${Buffer.from(`someone:${TOKEN}`).toString('base64')}`;
    const labels = { alertname: 'Basic', target: world.target };

    const { status } = await world.post(PATH, notification([{ labels }]), { authorization });

    expect(status).toBe(200);
    expect(await world.told(labels)).toHaveLength(1);
  });

  test.for([
    ['no token', {}],
    ['a wrong token', { authorization: `Bearer ${TOKEN}.` }],
    ['a shorter token', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }],
    ['an empty token', { authorization: 'Bearer ' }],
    [
      'the token as a user',
      { authorization: `Basic ${Buffer.from(`${TOKEN}:`).toString('base64')}` },
    ],
    ['an unknown scheme', { authorization: `Token ${TOKEN}` }],
  ] as const)('refuses %s with 401, and opens nothing', async ([, headers], { world }) => {
    const labels = { alertname: 'FromOutside', target: world.target };

    const answer = await world.post(PATH, notification([{ labels }]), headers);

    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    expect(await world.told(labels)).toEqual([]);
    expect(await world.figure('runbook_gateway_refused_total', { code: '401' })).toBe(1);
  });

  test('gives every text from outside a place that Temporal can hold', async ({ world }) => {
    const long = '\u0627\u0644\u062A\u0637\u0628\u064A\u0642 '.repeat(200);
    const labels = { alertname: long, target: world.target, region: '\uD800\u0000' };

    const { status } = await world.send(
      PATH,
      notification([{ labels, annotations: { summary: long } }]),
    );

    expect(status).toBe(200);
    const [report] = await world.told(labels);
    expect(Buffer.byteLength(report!.title)).toBeLessThanOrEqual(300);
    expect(report!.fingerprint).toMatch(/^alert-[0-9a-f]{32}$/);
    expect(
      await signalsTo(world.client, incidentId(world.target, report!.fingerprint)),
    ).toHaveLength(1);
  });
});
