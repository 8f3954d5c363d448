import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { openChannels } from '../../../src/notify/channels/open-channels.ts';
import { targetIn } from '../../support/target.ts';
import type { Listener } from './support/listeners.ts';
import { pageTo } from './support/page.ts';
import { test } from './support/world.ts';

const hook = (name: string, more = {}) => ({ kind: 'webhook', url: `env:${name}`, ...more });
const urls = (services: Record<string, Listener>) =>
  Object.fromEntries(
    Object.entries(services).map(([name, { url }]) => [`env:${name.toUpperCase()}`, url]),
  );
const wrong = { 'env:A': 'nonsense', 'env:B': 'nonsense', 'env:C': 'nonsense' };

describe('an urgent page', () => {
  test('goes to all that reaches the contact, side by side', async ({ world }) => {
    // Each answers only once the other has been asked, too.
    const asked: string[] = [];
    const reply = (name: string) => async (response: { end(): void }) => {
      asked.push(name);
      while (asked.length < 2) await sleep(5);
      response.end();
    };
    const a = await world.listen((response) => void reply('a')(response));
    const b = await world.listen((response) => void reply('b')(response));
    const channels = {
      quiet: hook('A'),
      loud: hook('B', { rings: true }),
      elsewhere: { kind: 'smtp', url: 'env:C' },
    };
    const contacts = { operations: { members: ['ops-1'] } };
    const options = { secrets: urls({ a, b }), contacts };

    const deliveries = await world.send(channels, { urgent: true }, options);

    expect(deliveries.map(({ channel, delivered }) => [channel, delivered])).toEqual([
      ['quiet', true],
      ['loud', true],
    ]);
  });

  test('is delivered by those that still can', async ({ world }) => {
    const a = await world.listen();
    const channels = { broken: hook('B', { rings: true }), whole: hook('A') };
    const secrets = { ...wrong, ...urls({ a }) };

    const deliveries = await world.send(channels, { urgent: true }, { secrets });

    expect(deliveries.map(({ delivered }) => delivered)).toEqual([false, true]);
  });
});

describe('a page that is not urgent', () => {
  test('goes to the first that takes it, and rings nowhere', async ({ world }) => {
    const [a, b, c] = [await world.listen(), await world.listen(), await world.listen()];
    const channels = {
      loud: hook('A', { rings: true }),
      broken: hook('D'),
      first: hook('B'),
      second: hook('C'),
    };
    const secrets = { ...urls({ a, b, c }), 'env:D': 'nonsense' };

    const deliveries = await world.send(channels, {}, { secrets });

    expect(deliveries.map(({ channel }) => channel)).toEqual(['broken', 'first']);
    expect([a, b, c].map(({ heard }) => heard.length)).toEqual([0, 1, 0]);
  });

  test('rings nowhere even when nothing else takes it', async ({ world }) => {
    const a = await world.listen();
    const channels = { loud: hook('A', { rings: true }), broken: hook('B') };

    const deliveries = await world.send(channels, {}, { secrets: { ...wrong, ...urls({ a }) } });

    expect(deliveries).toMatchObject([{ channel: 'broken', delivered: false }]);
    expect(a.heard).toEqual([]);
  });
});

describe('the end of an incident', () => {
  for (const event of ['acknowledge', 'resolve'] as const)
    test(`(${event}) is sent to all that do not ring, and to PagerDuty`, async ({ world }) => {
      const [a, b, c] = [await world.listen(), await world.listen(), await world.listen()];
      const pd = await world.listen((response) => response.writeHead(202).end());
      const channels = {
        first: hook('A'),
        loud: hook('B', { rings: true }),
        pager: { kind: 'pagerduty', key: 'env:KEY', url: pd.url },
        second: hook('C'),
      };
      const secrets = { ...urls({ a, b, c }), 'env:KEY': 'key' };

      const deliveries = await world.send(channels, { event }, { secrets });

      expect(deliveries.map(({ channel, delivered }) => [channel, delivered])).toEqual([
        ['first', true],
        ['pager', true],
        ['second', true],
      ]);
      expect(b.heard).toEqual([]);
    });
});

describe('a channel', () => {
  test('"for" some contacts reaches no other', async ({ world }) => {
    const [a, b] = [await world.listen(), await world.listen()];
    const channels = {
      dev: hook('A', { for: ['development'] }),
      ops: hook('B', { for: ['operations'] }),
    };

    const contacts = { operations: { members: [] }, development: { members: [] } };
    const options = { secrets: urls({ a, b }), contacts };

    const deliveries = await world.send(channels, { urgent: true }, options);

    expect(deliveries.map(({ channel }) => channel)).toEqual(['ops']);
  });

  test('that reaches everybody reaches a contact that the target no longer names', async ({
    world,
  }) => {
    const a = await world.listen();
    const channels = { mail: { kind: 'smtp', url: 'env:B' }, hook: hook('A') };
    const page = { contact: 'night-shift', urgent: true };

    expect(await world.send(channels, page, { secrets: urls({ a }) })).toMatchObject([
      { channel: 'hook', delivered: true },
    ]);
    expect(JSON.parse(a.heard[0]!.body)).toMatchObject({ contact: 'night-shift' });
  });

  test('whose secret is missing tells its name', async ({ directory }) => {
    const channels = {
      a: { kind: 'webhook', url: 'env:NOT_SET_AT_ALL' },
      b: { kind: 'webhook', url: 'file:not-there' },
      c: { kind: 'webhook', url: 'file:empty' },
    } as const;
    writeFileSync(join(directory, 'empty'), '\n');

    const target = targetIn(directory, { channels });

    const deliveries = await openChannels(target).send(pageTo('operations', { urgent: true }));
    expect(deliveries.map(({ detail }) => detail)).toEqual([
      'Cannot read the secret "env:NOT_SET_AT_ALL": it is not set',
      'Cannot read the secret "file:not-there": it is not there',
      'Cannot read the secret "file:empty": it is empty',
    ]);
  });

  test('takes a secret that was changed meanwhile', async ({ world, directory }) => {
    const [a, b] = [await world.listen(), await world.listen()];
    const target = targetIn(directory, {
      channels: { hook: { kind: 'webhook', url: 'file:hook' } },
    });
    const channels = openChannels(target);

    for (const { url } of [a, b]) {
      writeFileSync(join(directory, 'hook'), `${url}\n`);
      await channels.send(pageTo('operations'));
    }

    expect([a.heard.length, b.heard.length]).toEqual([1, 1]);
  });
});

describe('a log', () => {
  test('takes the pages of a target that has no channels', async ({ directory }) => {
    const channels = openChannels(targetIn(directory));
    const file = join(directory, '.runbook', 'pages.jsonl');

    const deliveries = [
      ...(await channels.send(pageTo('operations', { urgent: true }))),
      ...(await channels.send(pageTo('operations', { event: 'resolve' }))),
    ];

    expect(deliveries).toEqual(
      Array.from({ length: 2 }, () => ({
        channel: 'log',
        delivered: true,
        detail: `Written to ${file}`,
      })),
    );
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual([
      'trigger',
      'resolve',
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('beside other channels takes a copy, and is nobody who was notified', async ({
    world,
    directory,
  }) => {
    const file = join(directory, 'desk.jsonl');
    const a = await world.listen();
    const channels = { desk: { kind: 'log', file }, hook: hook('A') };

    const told = await world.send(channels, {}, { secrets: urls({ a }) });
    const unnotified = await world.send(channels, {}, { secrets: wrong });
    const unwritten = await world.send(
      { ...channels, desk: { kind: 'log', file: directory } },
      {},
      { secrets: urls({ a }) },
    );

    expect(told).toMatchObject([{ channel: 'hook', delivered: true }]);
    expect(unnotified).toMatchObject([{ channel: 'hook', delivered: false }]);
    expect(unwritten[1]).toEqual({
      channel: 'desk',
      delivered: false,
      detail: 'It failed (EISDIR)',
    });
    expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(2);
  });
});
