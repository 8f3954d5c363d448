import { Webhook } from 'standardwebhooks';
import { describe, expect } from 'vitest';
import { test } from './support/world.ts';

const channels = { hook: { kind: 'webhook', url: 'env:HOOK', secret: 'env:SIGN' } };
const KEY = Buffer.from('a secret of the tests, 32 bytes.').toString('base64');

describe('a webhook', () => {
  test('gets the page, who it is for, and by which key to know it again', async ({ world }) => {
    const service = await world.listen();
    const unsigned = { hook: { kind: 'webhook', url: 'env:HOOK' } };

    await world.send(unsigned, {}, { secrets: { 'env:HOOK': `${service.url}/page?team=1` } });

    const [{ path, headers, body }] = service.heard as [(typeof service.heard)[number]];
    expect(path).toBe('/page?team=1');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': 'incident/shop/down/1/1',
    });
    expect(headers).not.toHaveProperty('webhook-signature');
    expect(JSON.parse(body)).toEqual({
      version: 1,
      key: 'incident/shop/down/1/1',
      target: 'shop',
      contact: 'operations',
      phone: '+1 555 0100',
      severity: 'sev1',
      urgent: false,
      thread: 'incident/shop/down/1',
      event: 'trigger',
      subject: 'sev1 shop: The shop is down',
      body: '**The shop is down**\n\n- Since: 2026-01-05T02:00:00Z',
      at: '2026-01-05T02:00:00.000Z',
    });
  });

  test('is signed over time and body, as others check it', async ({ world }) => {
    const service = await world.listen();

    for (const secret of [`whsec_${KEY}`, Buffer.from(KEY, 'base64').toString()])
      await world.send(
        channels,
        { subject: 'Größe' },
        { secrets: { 'env:HOOK': service.url, 'env:SIGN': secret } },
      );

    expect(service.heard).toHaveLength(2);
    const receiver = new Webhook(KEY);
    for (const { body, headers } of service.heard) {
      const given = headers as Record<string, string>;
      expect(receiver.verify(body, given)).toMatchObject({ subject: 'Größe' });
      expect(() => receiver.verify(body.replace('sev1', 'sev4'), given)).toThrow('No matching');
      const later = `${Number(given['webhook-timestamp']) + 1}`;
      expect(() => receiver.verify(body, { ...given, 'webhook-timestamp': later })).toThrow(
        'No matching',
      );
    }
  });

  test('gets the name and password of its URL as HTTP wants them', async ({ world }) => {
    const service = await world.listen();
    const url = service.url.replace('//', '//me:se%2Fcret@');

    await world.send(channels, {}, { secrets: { 'env:HOOK': url, 'env:SIGN': 'x' } });

    expect(service.heard[0]!.headers.authorization).toBe(`Basic ${btoa('me:se/cret')}`);
  });
});
