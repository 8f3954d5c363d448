import { writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { proxyActivities } from '../../../src/activities/proxy/proxy-activities.ts';
import { hasNginx } from '../../support/nginx.ts';
import { RUN, test } from './support/proxied.ts';

describe.skipIf(!hasNginx)('a proxy that is closed', () => {
  test('answers 503 with Retry-After, lets who is there end, and opens again', async ({
    proxied,
  }) => {
    const { proxy, ask } = await proxied();
    const long = ask('/long');

    const closed = await proxy.close({ until: '2999-01-05T02:00:00.000Z' });
    const refused = await ask();
    const again = await proxy.close();
    const found = await proxy.find();
    const idle = await proxy.awaitIdle(new Date().toISOString());
    const opened = await proxy.open(RUN);

    expect(closed).toMatchObject({ changed: true });
    expect(refused).toEqual([503, 'Sat, 05 Jan 2999 02:00:00 GMT']);
    expect(again.changed).toBe(false);
    expect(found.closed).toMatch(new RegExp(`^Its proxy refuses users since .*, by ${RUN}$`));
    expect((await long)[0]).toBe(200);
    expect(idle.left).toBe(0);
    expect(opened.changed).toBe(true);
    expect(await ask()).toEqual([200, undefined]);
    expect(await proxy.find()).toEqual({ drains: true });
  });

  test('tells the later end of a second stop, and stays closed by who has closed it', async ({
    target,
    proxied,
  }) => {
    const { proxy, ask } = await proxied();
    const another = proxyActivities(target, 'stop-application/shop/1');
    await proxy.close({ until: '2999-01-05T02:00:00.000Z' });

    const later = await another.close({ until: '2999-01-06T02:00:00.000Z' });

    expect(later.changed).toBe(true);
    expect(await ask()).toEqual([503, 'Sun, 06 Jan 2999 02:00:00 GMT']);
    expect((await proxy.find()).closed).toContain(RUN);
  });

  test('with nothing but comments of others in its file is open, and is closed all the same', async ({
    target,
    proxied,
  }) => {
    const { proxy, ask } = await proxied();
    writeFileSync(target.proxy!.drain!.include, '# Ansible managed\n\n');

    const opened = await proxy.open();
    const closed = await proxy.close();

    expect([opened.changed, closed.changed, (await ask())[0]]).toEqual([false, true, 503]);
  });

  test('says in seconds how long a restart takes at most', async ({ proxied }) => {
    const { proxy, ask } = await proxied();

    await proxy.close({ restart: true });

    // The grace of 2 s, 30 s to stop, 2 s to be ready.
    expect(await ask()).toEqual([503, '34']);
  });

  test('tells how many are left when the grace is over, and no longer waits for who has left', async ({
    proxied,
  }) => {
    const { proxy, openSocket } = await proxied({ grace: '1s' });
    const socket = await openSocket();
    await openSocket();
    await proxy.close();
    const begin = Date.now();

    const both = await proxy.awaitIdle(new Date(begin).toISOString());
    const waited = Date.now() - begin;
    socket.destroy();
    await expect
      .poll(() => proxy.awaitIdle(new Date(begin).toISOString()))
      .toMatchObject({ left: 1 });

    expect(both).toEqual({
      left: 2,
      note: '2 connections left after the grace of 1s: cut',
    });
    expect(waited).toBeGreaterThanOrEqual(1000);
  });

  test('waits until a connection has ended, and no longer', async ({ proxied }) => {
    const { proxy, openSocket } = await proxied({ grace: '1h' });
    const socket = await openSocket();
    await proxy.close();
    setTimeout(() => socket.destroy(), 700);
    const begin = Date.now();

    const idle = await proxy.awaitIdle(new Date().toISOString());

    expect(idle.left).toBe(0);
    expect(Date.now() - begin).toBeGreaterThanOrEqual(700);
    expect(idle.note).toMatch(/^Nobody is connected after \d+(\.\d)? s$/);
  });

  test('is opened by the run that has closed it, and by who starts the application', async ({
    target,
    proxied,
  }) => {
    const { proxy, ask } = await proxied();
    const another = proxyActivities(target, 'restart-application/shop/1');
    await proxy.close();

    const kept = await another.close();
    const left = await another.open('restart-application/shop/1');
    const refused = await ask();
    const opened = await another.open();

    expect([kept.changed, left.changed, refused[0]]).toEqual([false, false, 503]);
    expect(left.note).toBe(`It stays closed, by ${RUN}`);
    expect(opened.changed).toBe(true);
    expect((await ask())[0]).toBe(200);
  });
});
