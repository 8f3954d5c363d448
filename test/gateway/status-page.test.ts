import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { signAcknowledge } from '../../src/config/links/acknowledge-token.ts';
import { signStatus, type StatusAccess } from '../../src/config/links/status-token.ts';
import { type StatusFile, writeStatusFile } from '../../src/state/figures/status-file.ts';
import { openWorld, SECRET, test as gatewayTest, TOKEN, type World } from './support/gateway.ts';

const HOUR = 3_600_000;
const HOSTILE = '<script>alert(1)</script>\u001B[2J\u202E"\'';

/** Two targets whose workers write on this host, in state directories of their own. */
const test = gatewayTest.extend<{ states: Record<'shop' | 'bank', string>; page: World }>({
  states: async ({}, use) => {
    const directory = mkdtempSync(join(tmpdir(), 'status-'));
    await use({ shop: join(directory, 'shop'), bank: join(directory, 'bank') });
    rmSync(directory, { recursive: true, force: true });
  },
  page: async ({ states }, use) => {
    const targets = Object.entries(states).map(([name, state]) => ({ name, state, alerts: [] }));
    const world = await openWorld({ targets });
    await use(world);
    await world.stop();
  },
});

function write(state: string, status: Partial<StatusFile> = {}, age = 0): void {
  writeStatusFile(
    { state },
    {
      target: state.split('/').at(-1)!,
      at: new Date(Date.now() - age).toISOString(),
      every: 60_000,
      verdict: 'ok',
      lines: [{ subject: 'application', verdict: 'ok', text: '200 in 12 ms' }],
      figures: [],
      ...status,
    },
  );
}

function get({ address }: World, path = '/status', headers: Record<string, string> = bearer) {
  return fetch(`${address}${path}`, { headers });
}

const bearer = { authorization: `Bearer ${TOKEN}` };

function link(access: Partial<StatusAccess> = {}, secret = SECRET): string {
  const until = new Date(Date.now() + HOUR).toISOString();
  return `/status/${signStatus({ until, ...access }, secret)}`;
}

describe('/status', () => {
  test('tells of each target how it stands, and which is wrong', async ({ page, states }) => {
    write(states.shop);
    write(states.bank, {
      verdict: 'critical',
      lines: [
        { subject: 'backup', verdict: 'ok', text: 'the newest verified one is 2 h old' },
        { subject: 'disk.used /srv', verdict: 'critical', text: '97 % used', hint: 'df -h' },
      ],
    });

    const answer = await get(page);
    const html = await answer.text();

    expect(answer.status).toBe(200);
    expect(html).toContain('<h1>Something is wrong</h1>');
    expect(html).toContain('<a href="#shop">shop</a>: All is well');
    expect(html).toContain('<a href="#bank">bank</a>: Something is wrong');
    expect(html).toContain(
      '<dt class="critical">critical</dt><dd><b>disk.used /srv</b>: 97 % used',
    );
    expect(html.indexOf('97 % used')).toBeLessThan(html.indexOf('verified one'));
    expect(html).toMatch(/Last checked \d s ago/);
  });

  test('tells incidents with their reason and their end', async ({ page, states }) => {
    const [at, ended] = [new Date(Date.now() - HOUR).toISOString(), new Date().toISOString()];
    const facts = { id: 'incident/shop/x', severity: 'sev1', openedAt: at };
    const all = [
      { ...facts, title: 'The application is down', state: 'triggered', reason: 'app.health: 502' },
      { ...facts, title: 'Too slow', state: 'resolved', closedAt: ended, end: 'ops-1: By hand' },
    ];
    write(states.shop, { verdict: 'critical', incidents: { at: ended, all } });

    const html = await (await get(page, link({ targets: ['shop'] }))).text();

    expect(html).toContain('<h2>sev1, triggered</h2>');
    expect(html).toContain('app.health: 502');
    expect(html).toMatch(/Too slow<\/b><\/p>\s*<p class="note">.*, 1 h 00 min<\/p>/);
    expect(html).toContain('Ended by ops-1: By hand');
  });

  test('says by its age that nobody knows how it is now, and shows what was so then', async ({
    page,
    states,
  }) => {
    write(states.shop, {}, 3 * HOUR);
    write(states.bank, {}, -HOUR);

    const old = await (await get(page, link({ targets: ['shop'] }))).text();
    const ahead = await (await get(page, link({ targets: ['bank'] }))).text();

    expect(old).toContain('shop: Nobody knows how it is now');
    expect(old).toContain('Last checked 3 h ago: its worker has written nothing since');
    expect(old).toContain('200 in 12 ms');
    expect(old).toContain('<p class="outcome unknown">unknown</p>');
    expect(ahead).toContain('ahead of the clock');
  });

  test('needs a token, or a link that was signed for it and is not dead', async ({
    page,
    states,
  }) => {
    write(states.shop);
    write(states.bank);
    const until = new Date(Date.now() + HOUR).toISOString();
    const other = signAcknowledge({ incident: 'incident/shop/x', contact: 'ops', until }, SECRET);
    const basic = { authorization: `Basic ${Buffer.from(`me:${TOKEN}`).toString('base64')}` };

    const codes = await Promise.all([
      get(page, '/status', {}),
      get(page, '/status', { authorization: 'Bearer wrong' }),
      get(page, '/status', basic),
      get(page, link(), {}),
      get(page, link({}, 'another secret, long enough'), {}),
      get(page, `/status/${other}`, {}),
      get(page, link({ until: new Date(Date.now() - 1).toISOString() }), {}),
      get(page, '/status/..%2f..%2fetc', {}),
    ]);
    const one = await (await get(page, link({ targets: ['shop'] }), {})).text();

    expect(codes.map(({ status }) => status)).toEqual([401, 401, 200, 200, 404, 404, 410, 404]);
    expect(codes[0].headers.get('www-authenticate')).toContain('Basic');
    expect(one).toContain('shop');
    expect(one).not.toContain('bank');
  });

  test('may run nothing, load nothing and be kept nowhere, and takes no text for markup', async ({
    page,
    states,
  }) => {
    write(states.shop, {
      lines: [{ subject: HOSTILE, verdict: 'warning', text: HOSTILE }],
      figures: [
        {
          name: HOSTILE,
          value: 1,
          unit: 'count',
          at: '',
          verdict: 'ok',
          note: HOSTILE,
          limit: HOSTILE,
        },
      ],
      incidents: {
        at: new Date().toISOString(),
        all: [
          {
            id: HOSTILE,
            title: HOSTILE,
            state: HOSTILE,
            openedAt: new Date().toISOString(),
            reason: HOSTILE,
          },
        ],
      },
    });

    const answer = await get(page);
    const html = await answer.text();

    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(html.match(/&lt;script&gt;/g)!.length).toBeGreaterThan(5);
    for (const harm of ['<script', '\u001B', '\u202E', 'src=']) expect(html).not.toContain(harm);
  });

  test('follows no link, waits for no FIFO, and reads nothing that is too large or no status', async ({
    page,
    states,
  }) => {
    mkdirSync(states.shop);
    mkdirSync(states.bank);
    symlinkSync('/etc/passwd', join(states.shop, 'status.json'));
    writeFileSync(join(states.bank, 'status.json'), ' '.repeat(2 ** 21));

    const linked = await (await get(page, link({ targets: ['shop'] }))).text();
    const large = await (await get(page, link({ targets: ['bank'] }))).text();
    writeFileSync(join(states.bank, 'status.json'), '{"version":2}');
    const newer = await (await get(page, link({ targets: ['bank'] }))).text();
    write(states.bank, { target: 'shop' });
    const others = await (await get(page, link({ targets: ['bank'] }))).text();

    expect(linked).toContain('a symbolic link, which is not followed');
    expect(linked).not.toContain('root:');
    expect(large).toContain('too large');
    expect(newer).toContain('of another version');
    expect(others).toContain('what is there is of &quot;shop&quot;');
  });

  test('without tokens is for this host only, and for no other site in its browser', async ({
    states,
  }) => {
    write(states.shop);
    const targets = [{ name: 'shop', state: states.shop, alerts: [] }];
    const open = await openWorld({ sources: [], targets });

    const own = await fetch(`${open.address}/status`);
    const rebound = await statusFor(`${open.address}/status`, 'evil.example');
    await open.stop();

    expect([own.status, rebound]).toEqual([200, 401]);
  });
});

/** As a browser asks whose name for this host is somebody else's: `fetch` sends its own. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((settle, fail) => {
    request(url, { headers: { host } }, (answer) => {
      answer.resume();
      settle(answer.statusCode);
    })
      .on('error', fail)
      .end();
  });
}
