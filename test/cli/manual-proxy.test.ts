import { readFileSync, writeFileSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { letThrough, refused } from '../../src/cli/manual/parts/proxy.ts';
import type { Part } from '../../src/cli/manual/page.ts';
import { findOnPath } from '../../src/dev/server/find-on-path.ts';
import { test } from '../activities/proxy/support/proxied.ts';

const tools = ['nginx', 'ss', 'curl'];
// Skipped where one of the programs is not on PATH that people type.
describe.skipIf(!tools.every((tool) => findOnPath(tool)))('a proxy by hand', () => {
  test('is closed for new users until those who are there have gone, and a run knows that and opens it', async ({
    proxied,
  }) => {
    const { target, proxy, ask, openSocket } = await proxied({ grace: '1h' });
    const socket = await openSocket();
    setTimeout(() => socket.destroy(), 1500);
    const begin = Date.now();

    const closed = await typed(refused(target));
    const waited = Date.now() - begin;
    const meanwhile = await ask();
    const { closed: known } = await proxy.find();
    const opened = await proxy.open();

    expect(closed.exitCode).toBe(0);
    expect(waited).toBeGreaterThan(1000);
    expect(meanwhile).toEqual([503, '300']);
    expect(known).toMatch(/^Its proxy refuses users since \S+, by hand$/);
    expect(opened.changed).toBe(true);
  });

  test('is opened after a run has closed it', async ({ proxied }) => {
    const { target, proxy, ask } = await proxied();
    await proxy.close();

    const opened = await typed(letThrough(target));

    expect(opened).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('200 through the proxy'),
    });
    expect((await ask())[0]).toBe(200);
    expect(await proxy.find()).toEqual({ drains: true });
  });

  test('is left open when its configuration is broken', async ({ proxied }) => {
    const { target, nginx, ask } = await proxied();
    writeFileSync(nginx.file, `${readFileSync(nginx.file, 'utf8')}nonsense;\n`);

    await typed(refused(target));

    expect(readFileSync(nginx.proxy.drain!.include, 'utf8')).toBe('');
    expect((await ask())[0]).toBe(200);
  });
});

function typed(parts: readonly Part[]) {
  const input = parts.flatMap(({ type = [] }) => type).join('\n');
  return execa('sh', ['-eu'], { input, reject: false });
}
