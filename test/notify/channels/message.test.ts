import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, vi } from 'vitest';
import { readAnswer } from '../../../src/config/links/answer-token.ts';
import { readAcknowledge } from '../../../src/config/links/acknowledge-token.ts';
import { test } from './support/world.ts';

afterEach(() => vi.unstubAllEnvs());

const hook = { kind: 'webhook', url: 'env:A' };
const at = ({ url }: { url: string }) => ({ secrets: { 'env:A': url } });

describe('people who take turns', () => {
  test('are named, in the message and in what became of it', async ({ world }) => {
    const a = await world.listen();
    const rotation = { every: '7d', since: '2026-01-04T05:00:00Z' };
    const contacts = { operations: { members: ['ann', 'ben'], rotation } };
    const options = { ...at(a), contacts };

    const [first] = await world.send({ hook }, {}, options);
    const [second] = await world.send({ hook }, { at: '2026-01-11T05:00:00.000Z' }, options);

    expect([first!.member, second!.member]).toEqual(['ann', 'ben']);
    expect(JSON.parse(a.heard[1]!.body)).toMatchObject({ member: 'ben' });
  });
});

describe('a link to acknowledge', () => {
  const page = { incident: { id: 'incident/shop/down', episode: 'one' } };

  test('is in the message when there is a gateway, and never at an end or in a log', async ({
    world,
    directory,
  }) => {
    vi.stubEnv('RUNBOOK_GATEWAY_URL', 'https://runbooks.example.com/');
    vi.stubEnv('RUNBOOK_GATEWAY_SECRET', 'signs links');
    const a = await world.listen();
    const file = join(directory, 'desk.jsonl');
    const channels = { desk: { kind: 'log', file }, hook };
    const options = at(a);

    await world.send(channels, page, options);
    await world.send(channels, { ...page, event: 'resolve' }, options);

    const [link, none] = a.heard.map(
      ({ body }) => (JSON.parse(body) as { acknowledge?: string }).acknowledge,
    );
    const [, token] = /^https:\/\/runbooks\.example\.com\/ack\/(.+)$/.exec(link!)!;
    expect(readAcknowledge(token!, 'signs links', new Date('2026-01-05T03:00:00Z'))).toEqual({
      incident: 'incident/shop/down',
      episode: 'one',
      contact: 'operations',
      until: '2026-01-08T02:00:00.000Z',
    });
    expect(none).toBeUndefined();
    expect(readFileSync(file, 'utf8')).not.toContain('/ack/');
  });

  test('is beside one that answers what a run asks, where one person reads, as long as it is asked', async ({
    world,
    directory,
  }) => {
    vi.stubEnv('RUNBOOK_GATEWAY_URL', 'https://runbooks.example.com/');
    vi.stubEnv('RUNBOOK_GATEWAY_SECRET', 'signs links');
    const a = await world.listen();
    const file = join(directory, 'desk.jsonl');
    const until = '2026-01-05T02:30:00.000Z';
    const question = {
      run: 'practice/shop/x',
      step: 'clear',
      choices: ['approve' as const],
      until,
    };

    await world.send({ desk: { kind: 'log', file }, hook }, { ...page, question }, at(a));
    await world.send({ hook }, { ...page, question, at: until }, at(a));

    const [first, late] = a.heard.map(({ body }) => JSON.parse(body) as { answer?: string });
    const [, token] = /^https:\/\/runbooks\.example\.com\/answer\/(.+)$/.exec(first!.answer!)!;
    expect(readAnswer(token!, 'signs links', new Date('2026-01-05T02:29:00Z'))).toEqual({
      ...question,
      person: 'operations',
    });
    expect(readAnswer(token!, 'signs links', new Date(until))).toBeUndefined();
    expect(readAcknowledge(token!, 'signs links', new Date(0))).toBeUndefined();
    expect(late!.answer).toBeUndefined();
    expect(readFileSync(file, 'utf8')).not.toContain('/answer/');
  });

  test('is not there without a gateway, or without its secret', async ({ world }) => {
    const a = await world.listen();
    vi.stubEnv('RUNBOOK_GATEWAY_URL', 'https://runbooks.example.com');
    vi.stubEnv('RUNBOOK_GATEWAY_SECRET', '');

    await world.send({ hook }, page, at(a));

    expect(a.heard[0]!.body).not.toContain('/ack/');
  });
});
