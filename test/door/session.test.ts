import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { openSession, withoutCookie } from '../../src/door/ui/session.ts';

describe('a session of Temporal UI', () => {
  test('begins with a link that is good once', () => {
    const session = openSession();

    expect(session.refusalOfLink('/open/guess')).toMatchObject({ status: 401 });
    expect(session.refusalOfLink(session.linkPath)).toBeUndefined();
    expect(session.refusalOfLink(session.linkPath)).toMatchObject({
      status: 401,
      text: expect.stringContaining('used already') as string,
    });
  });

  test('begins in a quarter of an hour or never', () => {
    let now = 0;
    const session = openSession(() => now);

    now = 15 * 60_000 + 1;

    expect(session.refusalOfLink(session.linkPath)).toMatchObject({ status: 401 });
  });

  test('goes on with its cookie, which scripts and other pages cannot use', () => {
    const session = openSession();
    const [cookie] = session.cookieHeader.split(';');

    expect(session.cookieHeader).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(session.refusalOfCookie(request({ cookie: `a=b; ${cookie}` }))).toBeUndefined();
    expect(session.refusalOfCookie(request({ cookie: `${cookie}x` }))?.status).toBe(401);
    expect(session.refusalOfCookie(request({}))?.status).toBe(401);
  });

  test('has a name of its own, at any port, as that of a forwarded one', () => {
    const session = openSession();
    const refusal = (host: string) => session.refusalOfOrigin(request({ host }))?.status;

    expect(refusal(`${session.host}:8233`)).toBeUndefined();
    expect(refusal(`${session.host}:9000`)).toBeUndefined();
    expect(['127.0.0.1:8233', 'localhost:8233', 'evil.example'].map(refusal)).toEqual([
      403, 403, 403,
    ]);
  });

  test('changes nothing for a page of another server', () => {
    const session = openSession();
    const host = `${session.host}:8233`;
    const post = (headers: object) =>
      session.refusalOfOrigin(request({ host, ...headers }, 'POST'))?.status;

    expect(post({ origin: `http://${host}` })).toBeUndefined();
    expect(post({})).toBe(403);
    expect(post({ origin: 'null' })).toBe(403);
    expect(post({ origin: `http://${session.host}:9000` })).toBe(403);
    expect(post({ origin: `http://${host}`, 'sec-fetch-site': 'same-site' })).toBe(403);
  });
});

describe('withoutCookie', () => {
  test('hands the cookies of Temporal UI on, and not the one of the session', () => {
    const [cookie] = openSession().cookieHeader.split(';');

    expect(withoutCookie(`_csrf=x; ${cookie}`)).toBe('_csrf=x');
    expect(withoutCookie(cookie)).toBeUndefined();
  });
});

function request(headers: object, method = 'GET'): IncomingMessage {
  return { method, headers } as IncomingMessage;
}
