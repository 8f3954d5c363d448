import { describe, expect } from 'vitest';
import { reportAlert } from '../../src/client/incidents/report-alert.ts';
import { signAcknowledge } from '../../src/config/links/acknowledge-token.ts';
import { fingerprintOf } from '../../src/gateway/alerts/fingerprint-of.ts';
import { incidentId } from '../../src/incident/alert-report.ts';
import { openWorld, SECRET, signalsTo, test, type World } from './support/gateway.ts';
import { notification } from './support/notifications.ts';

const HOUR = 3_600_000;

async function openIncident(world: World, summary = 'The application is down'): Promise<string> {
  const labels = { alertname: 'Down', target: world.target };
  await world.send('/alertmanager/webhook', notification([{ labels, annotations: { summary } }]));
  return incidentId(world.target, fingerprintOf({ labels }, 'alertmanager'));
}

interface LinkOptions {
  readonly contact?: string;
  readonly good?: number;
  readonly secret?: string;
  readonly episode?: string;
}

function link(
  incident: string,
  { contact = 'operations', good = HOUR, secret = SECRET, episode }: LinkOptions = {},
) {
  const until = new Date(Date.now() + good).toISOString();
  return `/ack/${signAcknowledge({ incident, ...(episode && { episode }), contact, until }, secret)}`;
}

/** As a browser does when a button is pressed. */
function press({ address }: World, path: string, fields = {}): Promise<Response> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(fields).toString();
  return fetch(`${address}${path}`, { method: 'POST', headers, body });
}

describe('/ack/<token>', () => {
  test('shows the incident and a button, and changes nothing by that', async ({ world }) => {
    const id = await openIncident(world, 'Down <script>alert(1)</script>');

    const opened = await world.get(link(id));
    const head = await fetch(`${world.address}${link(id)}`, { method: 'HEAD' });

    expect([opened.status, head.status]).toEqual([200, 200]);
    expect(opened.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(opened.headers.get('cache-control')).toBe('no-store');
    expect(opened.headers.get('referrer-policy')).toBe('no-referrer');
    const html = await opened.text();
    expect(html).toContain('Down &lt;script&gt;');
    expect(html).not.toContain('<script');
    expect(html).toContain('<form method="post"><button');
    expect(await signalsTo(world.client, id)).toHaveLength(1);
  });

  test('acknowledges in the name of the contact when the button is pressed', async ({ world }) => {
    const id = await openIncident(world);

    const answer = await press(world, link(id));

    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('You have it, <strong>operations</strong>');
    expect((await signalsTo(world.client, id)).at(-1)).toEqual({
      what: 'acknowledge',
      by: 'operations',
      via: 'link',
      id: expect.any(String),
    });
    expect(await world.figure('runbook_acknowledged_total')).toBe(1);
  });

  test('has a button for all that is done in a hurry, each in the name of the contact', async ({
    world,
  }) => {
    const id = await openIncident(world);

    const html = await (await world.get(link(id))).text();
    const answers = [
      await press(world, link(id), { do: 'escalate' }),
      await press(world, link(id), { do: 'note', text: ' <b>the disk</b> is full ' }),
      await press(world, link(id), { do: 'resolve' }),
    ];
    const refused = [
      await press(world, link(id), { do: 'note', text: '  ' }),
      await press(world, link(id), { do: 'reassign', to: 'management' }),
      await press(world, link(id), { do: 'snooze' }),
    ];

    expect(html).toContain(`sev3 of <strong>${world.target}</strong>, triggered`);
    for (const deed of ['escalate', 'resolve', 'note']) expect(html).toContain(`value="${deed}"`);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await signalsTo(world.client, id)).slice(1)).toEqual(
      [
        { what: 'escalate' },
        { what: 'note', text: '<b>the disk</b> is full' },
        { what: 'resolve' },
      ].map((said) => ({ ...said, by: 'operations', via: 'link', id: expect.any(String) })),
    );
    // What was resolved is over, by its history, though no worker has taken that in.
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 409]);
    expect(await refused[2]!.text()).toContain('it is resolved already');
    expect(await world.figure('runbook_acknowledged_total')).toBe(0);
  });

  test('calls who is known there by name, and puts it off for as long as a button may', async () => {
    const target = `named-${crypto.randomUUID()}`;
    const contacts = { management: { members: ['eve'] } };
    const opened = await openWorld({ targets: [{ name: target, alerts: [], contacts }] });
    const world = { ...opened, target };
    const id = await openIncident(world);

    const html = await (await world.get(link(id))).text();
    const answers = [
      await press(world, link(id), { do: 'respond', to: 'management' }),
      await press(world, link(id), { do: 'reassign', to: 'management' }),
      await press(world, link(id), { do: 'snooze', for: '30m' }),
      await press(world, link(id), { do: 'respond', to: 'nobody' }),
      await press(world, link(id), { do: 'snooze', for: '9d' }),
    ];

    expect(html).toContain('<option>management</option>');
    expect(html).toContain('<option selected>1h</option>');
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 400, 400]);
    const said = (await signalsTo(world.client, id)).slice(1) as Record<string, string>[];
    expect(said).toMatchObject([
      { what: 'respond', to: 'management', by: 'operations', via: 'link' },
      { what: 'reassign', to: 'management' },
      { what: 'snooze' },
    ]);
    const length = Date.parse(String(said[2]?.['until'])) - Date.now();
    expect(Math.abs(length - HOUR / 2)).toBeLessThan(HOUR / 10);
    await world.stop();
  });

  test('opens again what is over, as long as nothing newer has begun, and says what is still wrong', async ({
    world,
  }) => {
    const id = await openIncident(world);
    const { runId: episode } = await world.client.workflow.getHandle(id).describe();
    const reopen = (text: string) => press(world, link(id, { episode }), { do: 'reopen', text });
    const early = await reopen('still down');
    await press(world, link(id), { do: 'resolve' });
    await world.client.workflow.getHandle(id).terminate();

    const page = await (await world.get(link(id, { episode }))).text();
    const answers = [await reopen(''), await reopen('still down'), await reopen('still down')];

    expect(early.status).toBe(409);
    expect(page).toContain('value="reopen"');
    expect(answers.map(({ status }) => status)).toEqual([400, 200, 409]);
    expect(await signalsTo(world.client, id)).toMatchObject([
      {
        status: 'firing',
        origin: 'person',
        source: 'operations (link)',
        reopens: { run: episode },
      },
    ]);
  });

  test('of one episode does not acknowledge the next', async ({ world }) => {
    const id = await openIncident(world);
    const { runId: episode } = await world.client.workflow.getHandle(id).describe();
    const mine = await press(world, link(id, { episode }));
    await world.client.workflow.getHandle(id).terminate();
    await reportAlert(world.client, {
      target: world.target,
      fingerprint: id.split('/')[2]!,
      status: 'firing',
      severity: 'sev1',
      title: 'It is down again',
      source: 'test',
      at: new Date().toISOString(),
    });

    const opened = await world.get(link(id, { episode }));
    const pressed = await press(world, link(id, { episode }));

    expect(await mine.text()).toContain('You have it');
    for (const answer of [opened, pressed])
      expect(await answer.text()).toContain('This incident is closed');
    expect(await signalsTo(world.client, id)).toHaveLength(1);
  });

  test('says that a closed incident is over', async ({ world }) => {
    const id = await openIncident(world);
    await world.client.workflow.getHandle(id).terminate();

    const opened = await world.get(link(id));
    const pressed = await press(world, link(id));
    const never = await press(world, link('incident/none/none'));

    expect([opened.status, pressed.status, never.status]).toEqual([200, 200, 200]);
    for (const answer of [opened, pressed, never])
      expect(await answer.text()).toContain('This incident is closed');
  });

  test('answers 404 to a token that is not ours, and 410 to one that has expired', async ({
    world,
  }) => {
    const id = await openIncident(world);
    const bad = [
      link(id, { secret: `${SECRET}.` }),
      '/ack/none',
      `${link(id)}A`,
      `/ack/${'a'.repeat(2000)}`,
    ];

    for (const path of bad)
      expect([(await world.get(path)).status, (await press(world, path)).status]).toEqual([
        404, 404,
      ]);

    const expired = link(id, { good: -1000 });
    expect([(await world.get(expired)).status, (await press(world, expired)).status]).toEqual([
      410, 410,
    ]);
    expect(await signalsTo(world.client, id)).toHaveLength(1);
  });

  test('believes no link without a secret', async () => {
    const world = await openWorld({ secret: undefined });
    const id = await openIncident(world);

    expect((await press(world, link(id))).status).toBe(404);
    expect(await signalsTo(world.client, id)).toHaveLength(1);
    await world.stop();
  });

  test('refuses who asks too often', async ({ world }) => {
    const codes: number[] = [];
    for (let times = 0; times < 61; times += 1) codes.push((await world.get('/ack/guess')).status);

    expect(codes.at(0)).toBe(404);
    expect(codes.at(-1)).toBe(429);
  });
});
