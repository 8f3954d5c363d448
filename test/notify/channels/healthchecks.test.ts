import { describe, expect } from 'vitest';
import { test } from './support/world.ts';

const channels = { watch: { kind: 'healthchecks', url: 'env:CHECK' } };
const check = { kind: 'healthchecks', url: 'env:A' };
const UUID = '5d0b8e2c-0000-4000-8000-000000000000';
const at = (url: string) => ({ secrets: { 'env:CHECK': url } });

describe('a check', () => {
  test('gets what fails, what is over, and writes down the rest', async ({ world }) => {
    const service = await world.listen();

    for (const event of ['trigger', 'note', 'acknowledge', 'resolve'] as const)
      await world.send(channels, { event }, at(`${service.url}/${UUID}`));

    expect(service.heard.map(({ path }) => path)).toEqual([
      `/${UUID}/fail`,
      `/${UUID}/log`,
      `/${UUID}/log`,
      `/${UUID}`,
    ]);
    const [{ headers, body }] = service.heard as [(typeof service.heard)[number]];
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(body).toContain('sev1 shop: The shop is down\n\n**The shop is down**');
  });

  test('may have a URL that ends with a slash, or has more to it', async ({ world }) => {
    const service = await world.listen();

    for (const url of [`${service.url}/key/shop/`, `${service.url}/key/shop?create=1`])
      await world.send(channels, {}, at(url));

    expect(service.heard.map(({ path }) => path)).toEqual([
      '/key/shop/fail',
      '/key/shop/fail?create=1',
    ]);
  });

  test('that is not there, or has thrown the ping away, was not notified, whatever its status', async ({
    world,
  }) => {
    for (const answer of ['OK (not found)', 'OK (rate limited)']) {
      const service = await world.listen((response) => response.end(`${answer} ${UUID}`));

      const [delivery] = await world.send(channels, {}, at(`${service.url}/${UUID}`));

      expect(delivery).toEqual({
        channel: 'watch',
        delivered: false,
        detail: `HTTP 200 from ${service.host}: ${answer}`,
      });
      expect(service.heard).toHaveLength(1);
    }
  });

  test('is sent no more than it keeps, and no half letter', async ({ world }) => {
    const service = await world.listen();

    for (const shift of ['', 'x'])
      await world.send(channels, { subject: `${shift}${'ö'.repeat(60_000)}` }, at(service.url));

    const sizes = service.heard.map(({ body }) => Buffer.byteLength(body));
    expect(sizes.toSorted((one, other) => one - other)).toEqual([99_999, 100_000]);
    for (const { body } of service.heard) expect(body).toMatch(/^x?ö+$/);
  });

  test('whose URL is none is reported without it', async ({ world }) => {
    const [delivery] = await world.send(channels, {}, at(`hc-ping.com/${UUID}`));

    expect(delivery!.detail).toBe('The secret holds no http:// or https:// URL');
  });
});

describe('a check beside other channels', () => {
  test('takes a copy of every page, and is nobody who was notified', async ({ world }) => {
    const [a, b] = [await world.listen(), await world.listen()];
    const channels = { watch: check, hook: { kind: 'webhook', url: 'env:B' } };
    const secrets = { 'env:A': a.url, 'env:B': b.url };

    const told = await world.send(channels, {}, { secrets });
    const unnotified = await world.send(
      channels,
      {},
      { secrets: { ...secrets, 'env:B': 'nonsense' } },
    );
    const unseen = await world.send(channels, {}, { secrets: { ...secrets, 'env:A': 'nonsense' } });

    expect(told).toMatchObject([{ channel: 'hook', delivered: true }]);
    expect(unnotified).toMatchObject([{ channel: 'hook', delivered: false }]);
    expect(unseen).toMatchObject([
      { channel: 'hook', delivered: true },
      { channel: 'watch', delivered: false },
    ]);
    expect([a, b].map(({ heard }) => heard.length)).toEqual([2, 2]);
  });

  test('"for" some contacts hears of no other, and counts where it is alone', async ({ world }) => {
    const a = await world.listen();
    const contacts = { operations: { members: [] }, development: { members: [] } };
    const options = { secrets: { 'env:A': a.url }, contacts };

    const elsewhere = await world.send({ watch: { ...check, for: ['development'] } }, {}, options);
    const alone = await world.send({ watch: check }, { urgent: true }, options);

    expect(elsewhere).toEqual([]);
    expect(alone).toEqual([
      { channel: 'watch', delivered: true, detail: `HTTP 200 from ${a.host}` },
    ]);
  });
});
