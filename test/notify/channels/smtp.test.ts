import { connect } from 'node:net';
import { hostname } from 'node:os';
import type { SMTPServerOptions } from 'smtp-server';
import { describe, expect } from 'vitest';
import { type MailServer, startMailServer } from './support/mail-server.ts';
import { test as base } from './support/world.ts';

const test = base.extend<{ serve: (options?: SMTPServerOptions) => Promise<MailServer> }>({
  serve: async ({}, use) => {
    const servers: MailServer[] = [];
    await use(async (options) => {
      servers.push(await startMailServer(options));
      return servers.at(-1)!;
    });
    await Promise.all(servers.map((server) => server.close()));
  },
});

const channels = { email: { kind: 'smtp', url: 'env:SMTP', from: 'runbooks@example.com' } };
const secretsFor = ({ host }: MailServer, login = '') => ({
  secrets: { 'env:SMTP': `smtp://${login}${host}` },
});

describe('a mail', () => {
  test('goes to the address of the contact, as text and as HTML', async ({ world, serve }) => {
    const server = await serve();
    const body = '**Down** & out\n\n- see http://graphs.example.com/1';

    const deliveries = await world.send(channels, { body }, secretsFor(server));

    expect(deliveries).toEqual([
      { channel: 'email', delivered: true, detail: `250 from ${server.host}` },
    ]);
    expect(server.mails[0]).toMatchObject({
      from: { address: 'runbooks@example.com' },
      to: [{ address: 'ops@example.com' }],
      subject: 'sev1 shop: The shop is down',
      date: '2026-01-05T02:00:00.000Z',
      text: expect.stringMatching(/^\*\*Down\*\* & out\n\n- see /),
      html: expect.stringContaining('<strong>Down</strong> &amp; out'),
    });
    expect(server.mails[0]!.html).toContain('<a href="http://graphs.example.com/1">');
    expect(server.mails[0]!.text).toContain(
      'sev1 of shop, 2026-01-05T02:00:00.000Z, for operations',
    );
    expect(headerOf(server, 0, 'auto-submitted')).toBe('auto-generated');
    // RFC 5322, 3.3: mail programs sort by it.
    expect(headerOf(server, 0, 'date')).toBe('Mon, 05 Jan 2026 02:00:00 +0000');
  });

  test('is one of a thread: trigger, note and end answer the same message', async ({
    world,
    serve,
  }) => {
    const server = await serve();
    const events = ['trigger', 'note', 'resolve'] as const;

    for (const [index, event] of events.entries())
      await world.send(channels, { event, key: `key-${index}` }, secretsFor(server));
    await world.send(channels, { event: 'trigger', thread: 'another' }, secretsFor(server));

    const [first, second, third, other] = server.mails;
    expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(4);
    expect(first!.references).toMatch(/^<[0-9a-f]{32}@example\.com>$/);
    for (const mail of [first, second, third])
      expect([mail!.references, mail!.inReplyTo]).toEqual([first!.references, first!.references]);
    expect(other!.references).not.toBe(first!.references);
  });

  test('has the same Message-ID when it is sent again', async ({ world, serve }) => {
    const server = await serve();

    await world.send(channels, {}, secretsFor(server));
    await world.send(channels, {}, secretsFor(server));

    expect(server.mails).toHaveLength(2);
    expect(server.mails[1]!.messageId).toBe(server.mails[0]!.messageId);
  });

  test('lets text from outside neither add headers nor show pictures, scripts or passwords', async ({
    world,
    serve,
  }) => {
    const server = await serve();
    const hostile = {
      subject: 'Down\r\nBcc: all@example.com\u0000',
      body:
        '<script>x</script> ![p](http://spy/p.png) [a](javascript:x) redis://me:hunter2@cache ' +
        'a\u202Ecod.exe &#8238;b [Acknowledge](https://evil.example/ack) <https://evil.example> [x]\n\n[x]: https://evil.example/x',
    };

    await world.send(channels, hostile, secretsFor(server));

    const [mail] = server.mails;
    expect(mail!.subject).toBe('Down Bcc: all@example.com');
    expect(mail!.bcc).toBeUndefined();
    expect(mail!.html).toContain('&lt;script&gt;');
    expect(mail!.html).not.toMatch(/<script|<img|href="javascript|\u202E/);
    // A link says where it leads.
    for (const [, to, words] of String(mail!.html).matchAll(/<a href="([^"]*)">([^<]*)</g))
      expect(words).toBe(to);
    expect(mail!.html).toContain('[Acknowledge](');
    expect(JSON.stringify(mail)).not.toContain('hunter2');
  });

  test('comes from the name in the URL when nobody says otherwise', async ({ world, serve }) => {
    const server = await serve();
    const plain = { email: { kind: 'smtp', url: 'env:SMTP' } };

    await world.send(plain, {}, secretsFor(server, 'pager%40example.com:pw@'));
    await world.send(plain, {}, secretsFor(server));

    const senders = server.mails.map(({ from }) => from?.address);
    expect(senders).toEqual(['pager@example.com', `runbooks@${hostname()}`]);
  });
});

describe('a mail server', () => {
  test('that is busy for a moment is asked once more', async ({ world, serve }) => {
    let asked = 0;
    const server = await serve({
      onRcptTo(_address, _session, answer) {
        asked += 1;
        if (asked > 1) return answer();
        answer(Object.assign(new Error('4.3.2 Busy'), { responseCode: 421 }));
      },
    });

    const [delivery] = await world.send(channels, {}, secretsFor(server));

    expect(delivery).toMatchObject({ delivered: true });
    expect([asked, server.mails.length]).toEqual([2, 1]);
  });

  test('that stays busy is asked twice, and reported by its codes', async ({ world, serve }) => {
    let asked = 0;
    const server = await serve({
      onRcptTo(_address, _session, answer) {
        asked += 1;
        answer(Object.assign(new Error('4.3.2 Busy, dear me'), { responseCode: 451 }));
      },
    });

    const [delivery] = await world.send(channels, {}, secretsFor(server));

    expect(delivery).toMatchObject({ delivered: false, detail: `451 4.3.2 from ${server.host}` });
    expect(asked).toBe(2);
  });

  test('that refuses the address, or the password, is not asked again', async ({
    world,
    serve,
  }) => {
    let [recipients, logins] = [0, 0];
    const server = await serve({
      onAuth({ password }, _session, answer) {
        logins += 1;
        if (password === 'right') return answer(undefined, { user: 'me' });
        answer(Object.assign(new Error(`5.7.8 No: "${password}"`), { responseCode: 535 }));
      },
      onRcptTo(_address, _session, answer) {
        recipients += 1;
        answer(Object.assign(new Error('5.1.1 Nobody'), { responseCode: 550 }));
      },
    });

    const [wrong] = await world.send(channels, {}, secretsFor(server, 'me:hunter2@'));
    const [nobody] = await world.send(channels, {}, secretsFor(server, 'me:right@'));

    expect([wrong!.detail, nobody!.detail]).toEqual([
      `535 5.7.8 from ${server.host}: it refuses name or password`,
      `550 5.1.1 from ${server.host}`,
    ]);
    expect([logins, recipients]).toEqual([2, 1]);
  });

  test('that accepts and says nothing costs no more than the time there is', async ({
    world,
    serve,
  }) => {
    const server = await serve({ onConnect: () => {} });
    const begin = performance.now();

    const [delivery] = await world.send(channels, {}, { ...secretsFor(server), timeout: 300 });

    expect(delivery).toEqual({
      channel: 'email',
      delivered: false,
      detail: 'No answer within 0.3 s',
    });
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  test('that is gone is reported by host and reason', async ({ world, serve }) => {
    const server = await serve();
    await server.close();

    const [delivery] = await world.send(channels, {}, secretsFor(server, 'me:hunter2@'));

    expect(delivery!.detail).toBe(`No mail through ${server.host} (ECONNREFUSED)`);
  });

  test('across a network gets no password without encryption', async ({ world, serve }) => {
    let logins = 0;
    const server = await serve({
      onAuth: (_auth, _session, answer) => answer(undefined, { user: `${(logins += 1)}` }),
    });
    // It leads to the same server, and is no name of loopback.
    const url = `smtp://me:hunter2@${server.host.replace('127.0.0.1', '0.0.0.0')}`;
    await expectOpen(server.host.replace('127.0.0.1', '0.0.0.0'));

    const [refused] = await world.send(channels, {}, { secrets: { 'env:SMTP': url } });
    const [taken] = await world.send(channels, {}, secretsFor(server, 'me:hunter2@'));

    expect([refused!.delivered, taken!.delivered, logins]).toEqual([false, true, 1]);
  });
});

function headerOf({ mails }: MailServer, index: number, name: string): string | undefined {
  return mails[index]!.headers.find(({ key }) => key === name)?.value;
}

async function expectOpen(place: string): Promise<void> {
  const [host, port] = place.split(':');
  await new Promise<void>((open, fail) => {
    const socket = connect(Number(port), host, () => open(void socket.destroy()));
    socket.on('error', fail);
  });
}
