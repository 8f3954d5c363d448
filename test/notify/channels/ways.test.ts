import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { z } from 'zod';
import { channelActivities } from '../../../src/activities/channels/channels-activities.ts';
import type { Target } from '../../../src/config/schema/target.ts';
import { targetIn } from '../../support/target.ts';
import { test } from './support/world.ts';

const RUN = 'page-test/shop/20260105_091500';
const AT = '2026-01-05T09:15:00.000Z';
const pager = { kind: 'pagerduty', key: 'file:key' } as const;
const email = { kind: 'smtp', url: 'file:mail' } as const;
const watch = { kind: 'healthchecks', url: 'file:check' } as const;

const activities = (directory: string, parts: Partial<z.input<typeof Target>>, run = RUN) =>
  channelActivities(targetIn(directory, parts), run);

describe('channels.find', () => {
  test('names every contact with every channel that reaches it, and checks apart', async ({
    directory,
  }) => {
    const found = await activities(directory, {
      contacts: { operations: { email: 'ops@example.com' }, security: {} },
      channels: { email, pager, watch },
    }).find();

    expect(found).toEqual({
      ways: [
        { contact: 'operations', channel: 'email', rings: false },
        { contact: 'operations', channel: 'pager', rings: true },
        { contact: 'security', channel: 'pager', rings: true },
      ],
      checks: ['watch'],
      ring: false,
      problems: [],
    });
  });

  test('tells who is reached by nothing but copies', async ({ directory }) => {
    const desk = { kind: 'log', file: join(directory, 'desk.jsonl') } as const;
    const { ways, problems } = await activities(directory, {
      contacts: { operations: { email: 'ops@example.com' }, security: {}, management: {} },
      channels: { email, desk, watch },
      incidents: { synthetic: { to: ['operations', 'security'] } },
    }).find();

    expect(ways.map(({ contact, channel }) => `${contact} ${channel}`)).toEqual([
      'operations email',
      'operations desk',
      'security desk',
    ]);
    expect(problems).toEqual(['"security" is reached by no channel']);
  });

  test('takes the log of a target that has no channels, and misses people where there are none', async ({
    directory,
  }) => {
    const alone = await activities(directory, { contacts: { operations: {} } }).find();
    const nobody = await activities(directory, { channels: { pager } }).find();

    expect(alone).toMatchObject({
      ways: [{ contact: 'operations', channel: 'log' }],
      problems: [],
    });
    expect(nobody).toMatchObject({ ways: [], problems: ['"contacts" names nobody'] });
  });
});

describe('channels.test', () => {
  const way = { contact: 'operations', channel: 'pager', rings: true };

  test('notifies by one channel alone, and ends at once what PagerDuty makes of it', async ({
    world,
    directory,
  }) => {
    const service = await world.listen((response) => response.writeHead(202).end());
    const other = await world.listen();
    writeFileSync(join(directory, 'key'), 'key-of-the-tests');
    writeFileSync(join(directory, 'hook'), other.url);
    const channels = activities(directory, {
      contacts: { operations: {} },
      channels: {
        pager: { ...pager, url: service.url },
        hook: { kind: 'webhook', url: 'file:hook' },
      },
    });

    const delivery = await channels.test(way, AT);

    expect(delivery).toMatchObject({ channel: 'pager', delivered: true, rings: true });
    const events = service.heard.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(events).toMatchObject([
      { event_action: 'trigger', payload: { severity: 'info' } },
      { event_action: 'resolve' },
    ]);
    expect(events[1]!['dedup_key']).toBe(events[0]!['dedup_key']);
    expect(other.heard).toEqual([]);
  });

  test('ends the alert whose trigger was not answered, and fails when it cannot be ended', async ({
    world,
    directory,
  }) => {
    const asked = (body: string) => (JSON.parse(body) as { event_action: string }).event_action;
    const refusing = (action: string) =>
      world.listen((response, { body }) =>
        response.writeHead(asked(body) === action ? 403 : 202).end(),
      );
    writeFileSync(join(directory, 'key'), 'key-of-the-tests');
    const [unnotified, unended] = [await refusing('trigger'), await refusing('resolve')];
    const at = ({ url }: { url: string }) =>
      activities(directory, {
        contacts: { operations: {} },
        channels: { pager: { ...pager, url } },
      });

    const first = await at(unnotified).test(way, AT);
    const second = await at(unended).test(way, AT);

    expect(unnotified.heard.map(({ body }) => asked(body))).toEqual(['trigger', 'resolve']);
    expect(first).toMatchObject({ delivered: false, detail: `HTTP 403 from ${unnotified.host}` });
    expect(second).toMatchObject({
      delivered: false,
      detail: `HTTP 202 from ${unended.host}, and its alert stays open: HTTP 403 from ${unended.host}`,
    });
  });
});
