import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { proxyActivities } from '../../../../src/activities/proxy/proxy-activities.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { type Nginx, startNginx } from '../../../support/nginx.ts';
import { test as base } from '../../../support/target.ts';

export interface Proxied {
  readonly target: SqliteTarget;
  readonly nginx: Nginx;
  readonly proxy: ReturnType<typeof proxyActivities>;
  /** Answers the status and Retry-After that a user gets. */
  readonly ask: (
    path?: string,
  ) => Promise<readonly [status: number | undefined, retryAfter: string | undefined]>;
  /** Opens a websocket as a browser does, and answers when the application has taken it. */
  readonly openSocket: () => Promise<Socket>;
}

export const RUN = 'stop-application/shop/20260105_020000';

interface Options {
  readonly grace?: string;
  readonly included?: boolean;
}

/** A real nginx before an application that answers `/` at once, `/long` after 800 ms, and holds every websocket. */
export const test = base.extend<{ proxied: (options?: Options) => Promise<Proxied> }>({
  proxied: async ({ target, directory }, use) => {
    const ends: (() => unknown)[] = [];
    await use(async (options) => {
      const app = createServer((request, response) => {
        setTimeout(() => response.end('here'), request.url === '/long' ? 800 : 0);
      });
      const sockets = new Set<Socket>();
      app.on('upgrade', (_, socket) => {
        sockets.add(socket as Socket);
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
        );
        socket.on('error', () => {});
      });
      await once(app.listen(0, '127.0.0.1'), 'listening');
      const { port } = app.address() as AddressInfo;
      const nginx = await startNginx(join(directory, 'nginx'), port, options);
      const url = `http://127.0.0.1:${port}/`;
      Object.assign(target, {
        app: { ...target.app, url, health: url, ready: { within: '2s', every: '1s' } },
        proxy: nginx.proxy,
      });
      ends.push(() => {
        for (const socket of sockets) socket.destroy();
        app.closeAllConnections();
        app.close();
        return nginx.stop();
      });
      const proxy = proxyActivities(target, RUN);
      await proxy.expectServing();
      return { target, nginx, proxy, ask, openSocket };

      function ask(path = '/') {
        return new Promise<readonly [number | undefined, string | undefined]>((resolve, reject) => {
          const { origin } = new URL(nginx.proxy.url);
          const request = get(`${origin}${path}`, { agent: false }, (response) => {
            response.resume();
            resolve([response.statusCode, response.headers['retry-after']]);
          });
          request.on('error', reject);
        });
      }

      async function openSocket() {
        const socket = connect(Number(new URL(nginx.proxy.url).port), '127.0.0.1');
        ends.push(() => socket.destroy());
        socket.on('error', () => {});
        socket.write('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
        const [answer] = (await once(socket, 'data')) as [Buffer];
        if (!String(answer).startsWith('HTTP/1.1 101'))
          throw new Error(`No socket: ${String(answer)}`);
        return socket;
      }
    });
    for (const end of ends.toReversed()) await end();
  },
});
