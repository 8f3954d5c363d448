import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { closedText, openText, readDoor } from '../../../src/activities/runtime/door/door.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { hasNginx } from '../../support/nginx.ts';
import { RUN, test } from './support/proxied.ts';

describe.skipIf(!hasNginx)('a proxy that cannot be closed', () => {
  test('is left as it was when its configuration is broken', async ({ proxied }) => {
    const { proxy, nginx, ask } = await proxied();
    const { include } = nginx.proxy.drain!;
    writeFileSync(include, '');
    writeFileSync(nginx.file, `${readFileSync(nginx.file, 'utf8')}nonsense;\n`);

    await expect(proxy.close()).rejects.toMatchObject({
      type: 'ProxyRefused',
      nonRetryable: true,
      message: expect.stringContaining('unknown directive "nonsense"'),
    });

    expect((await ask())[0]).toBe(200);
    expect(readFileSync(include, 'utf8')).not.toContain('return');
    expect(readdirSync(dirname(include))).toEqual(['app.conf']);
  });

  test('is left as it was when it does not run', async ({ proxied }) => {
    const { proxy, nginx } = await proxied();
    await nginx.stop();

    await expect(proxy.close()).rejects.toMatchObject({
      type: 'ProxyRefused',
      message: expect.stringMatching(/-s reload" ended with exit code 1: .*pid/),
    });

    expect(existsSync(nginx.proxy.drain!.include)).toBe(false);
  });

  test('is told when it does not include our file', async ({ proxied }) => {
    const { proxy, nginx, ask } = await proxied({ included: false });

    await expect(proxy.close()).rejects.toMatchObject({
      type: 'ProxyRefused',
      message: expect.stringContaining('The proxy does not include'),
    });

    expect(existsSync(nginx.proxy.drain!.include)).toBe(false);
    expect((await ask())[0]).toBe(200);
  });

  test('keeps what is not ours: a file of others, of another target, a link', async ({
    proxied,
    directory,
  }) => {
    const { proxy, nginx } = await proxied();
    const { include } = nginx.proxy.drain!;
    const others = ['gzip on;\n', openText('another'), 'link'];
    const seen: string[] = [];

    for (const text of others) {
      if (text === 'link') {
        writeFileSync(join(directory, 'secret'), 'kept');
        rmSync(include);
        symlinkSync(join(directory, 'secret'), include);
      } else writeFileSync(include, text);
      const error = await proxy.close().catch((reason: Error) => reason);
      seen.push((error as Error).message);
      expect(readFileSync(include, 'utf8')).toBe(text === 'link' ? 'kept' : text);
    }

    expect(seen[0]).toMatch(/is not ours, and stays as it is/);
    expect(seen[1]).toMatch(/is of target "another"/);
    expect(seen[2]).toMatch(/app.conf" is a link, and is left alone/);
    expect((await proxy.find()).closed).toMatch(/app.conf" is a link, and is left alone/);
  });
});

describe.skipIf(!hasNginx)('a call that is killed with -9 after it has written', () => {
  test('is made good by the next try, be it to close or to open', async ({ proxied }) => {
    const { proxy, target, ask } = await proxied();

    await killedWhileTold(target, 'close');
    const half = [readDoor(target)?.state, (await ask())[0]];
    await proxy.close();
    const closed = (await ask())[0];
    await killedWhileTold(target, 'open');
    const back = [readDoor(target)?.state, (await ask())[0]];
    await proxy.open();

    expect(half).toEqual(['closed', 200]);
    expect(closed).toBe(503);
    expect(back).toEqual(['opening', 503]);
    expect(readDoor(target)?.state).toBe('open');
    expect((await ask())[0]).toBe(200);
  });
});

describe('the text of a closed proxy', () => {
  test('is one comment and two directives, whatever the run is called', () => {
    const run = 'x\n}evil; #\u2028"';

    const lines = closedText('shop', { since: '2026-01-05T02:00:00.000Z', run }, '300').split('\n');

    expect(lines.slice(1)).toEqual(['add_header Retry-After "300" always;', 'return 503;', '']);
    expect(lines[0]).toMatch(/^# Durable Runbooks, target shop: closed since \S+ by \S+$/);
  });
});

/** The command that it runs first after it has written ends it. */
async function killedWhileTold(target: SqliteTarget, how: 'close' | 'open'): Promise<void> {
  const module = new URL('../../../src/activities/proxy/proxy-activities.ts', import.meta.url);
  const { proxy } = target;
  const deadly = {
    ...target,
    proxy: { ...proxy, drain: { ...proxy!.drain, command: ['sh', '-c', 'kill -9 $PPID'] } },
  };
  const script = `import { proxyActivities } from ${JSON.stringify(module.href)};
    await proxyActivities(${JSON.stringify(deadly)}, ${JSON.stringify(RUN)}).${how}();`;
  const args = ['--input-type=module', '-e', script];
  const signal = await new Promise((resolve) => {
    execFile(process.execPath, args, (error) => resolve(error?.signal));
  });
  expect(signal).toBe('SIGKILL');
}
