import { request } from 'node:http';
import { describe, expect } from 'vitest';
import { openWorld, signalsTo, SECRET, test, TOKEN, type World } from './support/gateway.ts';
import { deadManId } from '../../src/incident/beside/heartbeat.ts';
import { signAcknowledge } from '../../src/config/links/acknowledge-token.ts';
import { notification } from './support/notifications.ts';

const ping = { id: 'nightly', every: '24h', grace: '30m', severity: 'sev1' } as const;
const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0';

interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** With any header, as a browser does on behalf of a page: `fetch` sends its own. */
function ask({ address }: World, { method = 'GET', path, headers = {}, body }: Asked) {
  return new Promise<number | undefined>((settle, fail) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    request(`${address}${path}`, { method, headers: { ...type, ...headers } }, (answer) => {
      answer.resume();
      answer.on('end', () => settle(answer.statusCode));
    })
      .on('error', fail)
      .end(text);
  });
}

/** That of an incident which has ended long since. */
function linkTo(target: string): string {
  const until = new Date(Date.now() + 60_000).toISOString();
  return signAcknowledge({ incident: `incident/${target}/none`, contact: 'ops', until }, SECRET);
}

async function openPings(sources?: []): Promise<World & { readonly name: string }> {
  const name = `gateway-${crypto.randomUUID()}`;
  const world = await openWorld({
    targets: [{ name, alerts: [{ match: {}, severity: 'sev1' }], pings: [ping] }],
    ...(sources && { sources }),
  });
  return { ...world, name };
}

const madeByPages: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['an image of another site', { 'sec-fetch-site': 'cross-site' }],
  ['a page of another port', { 'sec-fetch-site': 'same-site' }],
  ['a form of another site', { origin: 'https://evil.example' }],
  ['a page that hides its name', { origin: 'null' }],
  ['a link of another site', { referer: 'https://evil.example/page' }],
  ['a name that was made to lead here', { host: 'evil.example' }],
  ['an old browser that says nothing of where it comes from', { 'user-agent': CHROME }],
];

describe('a gateway without tokens', () => {
  test('believes programs on this host, and no page in a browser here', async () => {
    const world = await openPings([]);
    const alert = { labels: { alertname: 'Down', target: world.name } };
    const everything = (headers: Readonly<Record<string, string>>) => [
      ask(world, { path: '/ping/nightly/fail', headers }),
      ask(world, { path: '/%70ing/nightly/fail', headers }),
      ask(world, { method: 'POST', path: '/ping/nightly/fail', headers }),
      ask(world, {
        method: 'POST',
        path: '/alertmanager/webhook',
        headers,
        body: notification([alert]),
      }),
      ask(world, { method: 'POST', path: '/v2/enqueue', headers, body: {} }),
    ];

    for (const [who, headers] of madeByPages) {
      const codes = await Promise.all(everything(headers));
      expect([who, codes.every((code) => code === 401 || code === 403)]).toEqual([who, true]);
    }
    const told = () => signalsTo(world.client, deadManId(world.name, 'nightly'));
    expect(await told()).toEqual([]);
    expect(await Promise.all(everything({ 'user-agent': 'curl/8.5.0' }))).toEqual([
      200, 200, 200, 200, 400,
    ]);
    expect(await told()).toHaveLength(3);
    await world.stop();
  });
});

describe('a link through a proxy, to a gateway without tokens', () => {
  test('is good by any name of the host, and so is what says nothing of targets', async () => {
    const world = await openPings([]);
    const headers = { host: 'ops.example.com' };
    const link = linkTo(world.name);

    const codes = [
      await ask(world, { path: `/ack/${link}`, headers }),
      await ask(world, { method: 'POST', path: `/ack/${link}`, headers }),
      await ask(world, { path: '/status/junk', headers }),
      await ask(world, { path: '/healthz', headers }),
      await ask(world, { path: '/status', headers }),
      await ask(world, { path: '/status', headers: { host: 'LOCALHOST:9095' } }),
    ];
    await world.stop();

    expect(codes).toEqual([200, 200, 404, 200, 401, 200]);
  });
});

describe('a gateway with tokens', () => {
  test('takes no alert by a token that a browser has kept, and its button is pressed all the same', async () => {
    const world = await openPings();
    const kept = { authorization: `Basic ${Buffer.from(`me:${TOKEN}`).toString('base64')}` };
    const send = (headers: Readonly<Record<string, string>>) =>
      ask(world, { path: '/ping/nightly/fail', headers: { ...kept, ...headers } });
    const link = linkTo(world.name);

    const codes = [
      await send({ origin: 'https://evil.example', 'user-agent': CHROME }),
      await send({ 'sec-fetch-site': 'cross-site', 'user-agent': CHROME }),
      await send({ 'sec-fetch-site': 'none', 'user-agent': CHROME }),
      await ask(world, { method: 'POST', path: `/ack/${link}`, headers: { origin: 'null' } }),
    ];
    await world.stop();

    expect(codes).toEqual([403, 403, 200, 200]);
  });
});

describe('junk from one address', () => {
  test('uses up no good token and no good link, though all come by way of one proxy', async () => {
    const world = await openWorld({ requestsPerMinute: 3 });
    const link = linkTo(world.target);
    const junk = await Promise.all(
      Array.from({ length: 70 }, (_, index) => ask(world, { path: `/ack/junk-${index}` })),
    );
    const wrong = await Promise.all(
      Array.from({ length: 5 }, () =>
        ask(world, {
          method: 'POST',
          path: '/alertmanager/webhook',
          headers: { authorization: 'Bearer wrong' },
          body: notification([]),
        }),
      ),
    );

    const good = await world.send('/alertmanager/webhook', notification([]));
    const known = await ask(world, { path: `/ack/${link}` });
    await world.stop();

    expect(junk.filter((code) => code === 429).length).toBeGreaterThanOrEqual(10);
    expect(wrong).toContain(429);
    expect([good.status, known]).toEqual([200, 200]);
  });
});
