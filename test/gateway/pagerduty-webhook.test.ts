import { createHmac } from 'node:crypto';
import { describe, expect } from 'vitest';
import { reportAlert } from '../../src/client/incidents/report-alert.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { openWorld, signalsTo, test as base, type World } from './support/gateway.ts';

const SECRETS = ['the secret of the subscription', 'the secret of another'] as const;
const HOUR = 3_600_000;

/** Two targets, each with a subscription of its own. */
const test = base.extend<{ world: World & { readonly other: string } }>({
  world: async ({}, use) => {
    const target = `pager-${crypto.randomUUID()}`;
    const other = `${target}-b`;
    const routed = [target, other].map((name, index) => {
      const variable = `PAGERDUTY_WEBHOOK_${crypto.randomUUID().replaceAll('-', '_')}`;
      process.env[variable] = SECRETS[index];
      const pager = {
        kind: 'pagerduty',
        key: 'env:NONE',
        url: 'http://x',
        webhook: `env:${variable}`,
      };
      const contacts = { operations: { members: ['Ana Example'] } };
      return {
        name,
        alerts: [],
        directory: '.',
        contacts,
        channels: { pager },
      } as unknown as SqliteTarget;
    });
    const world = await openWorld({ targets: routed });
    await use({ ...world, target, other });
    await world.stop();
    for (const { channels } of routed)
      for (const channel of Object.values(channels))
        if (channel.kind === 'pagerduty') delete process.env[channel.webhook!.slice(4)];
  },
});

/** An incident, and how PagerDuty calls it: by what we have sent. */
async function open({ client }: World, target: string): Promise<{ id: string; key: string }> {
  const at = new Date().toISOString();
  const id = await reportAlert(
    client,
    {
      target,
      fingerprint: 'down',
      status: 'firing',
      severity: 'sev1',
      title: 'x',
      source: 's',
      at,
    },
    `pager-${crypto.randomUUID()}`,
  );
  const { runId } = await client.workflow.getHandle(id).describe();
  return { id, key: `${id}/${runId}` };
}

const person = { id: 'PX', type: 'user_reference', summary: 'Ana Example' };

function event(type: string, key: string | null, more: object = {}): string {
  return JSON.stringify({
    event: {
      id: crypto.randomUUID(),
      event_type: `incident.${type}`,
      resource_type: 'incident',
      occurred_at: new Date().toISOString(),
      agent: person,
      data: { id: 'PT', type: 'incident', incident_key: key, assignees: [person] },
      ...more,
    },
  });
}

const signature = (body: string, secret: string = SECRETS[0]) =>
  `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;

async function post(world: World, body: string, header = signature(body)): Promise<unknown[]> {
  const answer = await world.post('/pagerduty/webhook', body, { 'x-pagerduty-signature': header });
  const { result } = (await answer.json()) as { result?: string };
  return [answer.status, result];
}

async function toldOf({ client }: World, id: string) {
  const [, ...answers] = (await signalsTo(client, id)) as Readonly<Record<string, unknown>>[];
  return answers;
}

describe('POST /pagerduty/webhook', () => {
  test('takes what a person did there, and how it is known', async ({ world }) => {
    const { id, key } = await open(world, world.target);

    const results = [
      await post(world, event('acknowledged', key)),
      await post(world, event('unacknowledged', key)),
      await post(world, event('reassigned', key)),
      await post(
        world,
        event('reassigned', key, {
          data: { incident_key: key, assignees: [{ ...person, summary: 'Zoe' }] },
        }),
      ),
      await post(world, event('resolved', key)),
    ];

    expect(results).toEqual(Array.from({ length: 5 }, () => [202, 'reported']));
    expect(await toldOf(world, id)).toMatchObject([
      { what: 'acknowledge', by: 'Ana Example', via: 'pagerduty', id: expect.any(String) },
      { what: 'unacknowledge', by: 'Ana Example' },
      { what: 'reassign', to: 'operations' },
      { what: 'note', text: 'Reassigned in PagerDuty to Zoe' },
      { what: 'resolve' },
    ]);
  });

  test('believes one good signature of several, and no other', async ({ world }) => {
    const { id, key } = await open(world, world.target);
    const body = event('acknowledged', key);
    const bad = [
      '',
      'v1=',
      signature(body, 'no secret of ours'),
      signature(`${body} `),
      signature(body).replace('v1=', 'v2='),
      `v1=${'0'.repeat(64)}`,
    ];

    for (const header of bad) expect(await post(world, body, header)).toEqual([401, undefined]);
    expect(await toldOf(world, id)).toEqual([]);
    expect(await post(world, body, `${bad[2]}, ${signature(body)}`)).toEqual([202, 'reported']);
    // That of another target reaches its own incidents alone.
    expect(await post(world, body, signature(body, SECRETS[1]))).toEqual([202, 'unrouted']);
    expect(await toldOf(world, id)).toHaveLength(1);
  });

  test('takes nothing that no person did, that is old, or of another episode', async ({
    world,
  }) => {
    const { id, key } = await open(world, world.target);
    const ours = { agent: { ...person, type: 'events_api_v2_inbound_integration_reference' } };
    const old = { occurred_at: new Date(Date.now() - 25 * HOUR).toISOString() };
    const ahead = { occurred_at: new Date(Date.now() + HOUR).toISOString() };

    const results = [
      await post(world, event('acknowledged', key, ours)),
      await post(world, event('acknowledged', key, { agent: null })),
      await post(world, event('acknowledged', key, old)),
      await post(world, event('acknowledged', key, ahead)),
      await post(world, event('acknowledged', `${id}/${crypto.randomUUID()}`)),
      await post(world, event('acknowledged', null)),
      await post(world, event('reopened', key)),
      await post(world, '{"event":{}}'),
      await post(world, 'no JSON'),
    ];

    expect(results.map((result) => result.join(' '))).toEqual([
      '202 unrouted',
      '202 unrouted',
      '202 doubtful',
      '202 doubtful',
      '202 nothing-open',
      '202 unrouted',
      '202 nothing-open',
      '400 invalid',
      '400 invalid',
    ]);
    expect(await toldOf(world, id)).toEqual([]);
  });

  test('ends nothing that somebody has merged there into another: the fault goes on', async ({
    world,
  }) => {
    const { id, key } = await open(world, world.target);
    const merged = (incident?: object) => ({
      data: { incident_key: key, resolve_reason: { type: 'merge_resolve_reason', incident } },
    });

    const results = [
      await post(world, event('resolved', key, merged({ type: 'x', summary: '[#7] All' }))),
      await post(world, event('resolved', key, merged())),
      await post(world, event('resolved', key, { data: { incident_key: key, resolve_reason: 1 } })),
    ];

    expect(results.map(([status]) => status)).toEqual([202, 202, 202]);
    expect(await toldOf(world, id)).toMatchObject([
      { what: 'note', text: expect.stringMatching(/^Merged in PagerDuty into "\[#7\] All": /) },
      { what: 'note', text: expect.stringMatching(/into "another": /) },
      { what: 'resolve' },
    ]);
  });

  test('gives what is delivered twice the same id, by which it counts once', async ({ world }) => {
    const { id, key } = await open(world, world.target);
    const body = event('acknowledged', key);

    await post(world, body);
    await post(world, body);

    const [first, second] = await toldOf(world, id);
    expect(second).toEqual(first);
  });
});
