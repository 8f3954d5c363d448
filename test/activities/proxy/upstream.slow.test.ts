import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { once } from 'node:events';
import { describe, expect } from 'vitest';
import {
  readUpstream,
  writeUpstream,
} from '../../../src/activities/runtime/compose/replicas/upstream.ts';
import type { Target } from '../../../src/config/schema/target.ts';
import { startLifeline } from '../../../src/dev/server/lifeline.ts';
import { hasNginx } from '../../support/nginx.ts';
import { reservedPort } from '../../support/reserved-port.ts';
import { test as base, targetIn } from '../../support/target.ts';

const HEAD = '# Durable Runbooks, target shop: written by scale-application, and at each start';

interface Proxied {
  readonly target: Target;
  readonly include: string;
  /** Has nginx listen there, too, when it reads its configuration. */
  readonly listenAlso: (port: number) => void;
}

const test = base.extend<{ proxied: Proxied }>({
  proxied: async ({ directory }, use) => {
    const include = join(directory, 'replicas.conf');
    const file = join(directory, 'nginx.conf');
    const port = await reservedPort();
    writeFileSync(include, 'server 127.0.0.1:1;\n');
    const write = (more: string) =>
      writeFileSync(
        file,
        `# Before: pid /run/elsewhere.pid;
daemon off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log; events {}
http { access_log off; upstream shop { include ${include}; }
  server { listen 127.0.0.1:${port}; ${more} location / { proxy_pass http://shop; } } }\n`,
      );
    write('');
    const command = ['nginx', '-p', directory, '-c', file];
    const nginx = await startLifeline('nginx', command.slice(1), { grace: 1000 });
    for (const end = Date.now() + 10_000; Date.now() < end; await sleep(50))
      if (await fetch(`http://127.0.0.1:${port}`).catch(() => undefined)) break;
    const target = targetIn(directory, {
      name: 'shop',
      proxy: {
        kind: 'nginx',
        url: `http://127.0.0.1:${port}/`,
        replicas: { include, command, grace: '1s' },
      },
    });
    await use({
      target,
      include,
      listenAlso: (other) => write(`listen 127.0.0.1:${other};`),
    });
    await nginx.stop();
  },
});

describe.skipIf(!hasNginx)('the list of the proxy (needs nginx)', () => {
  test('is the old one when the proxy was told to read it and cannot, although it is in order', async ({
    proxied: { target, include, listenAlso },
  }) => {
    await writeUpstream(target, ['127.0.0.1:2', '127.0.0.1:3']);
    const before = readFileSync(include, 'utf8');
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    listenAlso((taken.address() as { port: number }).port);

    const written = writeUpstream(target, ['127.0.0.1:2']);
    const failed = await written.then(
      () => 'it says that it has',
      ({ message }: Error) => message,
    );
    taken.close();

    expect(failed).toBe(
      'The proxy was told to read its configuration anew, and goes on with the old one after 20 s: its error log says why',
    );
    expect(readFileSync(include, 'utf8')).toBe(before);
    await once(taken, 'close').catch(() => {});
    expect(await writeUpstream(target, ['127.0.0.1:2'])).toEqual({ changed: true });
  });

  test('keeps what people have added to it, and is not written where they added a server', async ({
    proxied: { target, include },
  }) => {
    writeFileSync(include, `${HEAD}\nserver 127.0.0.1:2;\nkeepalive 8; # ours\n`);

    await writeUpstream(target, ['127.0.0.1:2', '127.0.0.1:3']);

    const kept = `${HEAD}\nserver 127.0.0.1:2;\nserver 127.0.0.1:3;\nkeepalive 8; # ours\n`;
    expect(readFileSync(include, 'utf8')).toBe(kept);
    expect(readUpstream(target)).toEqual(['127.0.0.1:2', '127.0.0.1:3']);

    for (const line of ['server 127.0.0.1:9 backup;', '  server 127.0.0.1:2 weight=5;']) {
      writeFileSync(include, `${kept}${line}\n`);
      expect(() => readUpstream(target)).toThrow(`somebody has added "${line.trim()}"`);
      await expect(writeUpstream(target, ['127.0.0.1:2'])).rejects.toThrow('somebody has added');
      expect(readFileSync(include, 'utf8')).toBe(`${kept}${line}\n`);
    }
  });
});
