import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openChannels } from '../../../src/activities/support/channels/open-channels.ts';
import { Channel } from '../../../src/config/target/channels.ts';
import type { Target } from '../../../src/config/target.ts';
import type { Page } from '../../../src/incident/page.ts';
import { targetIn, test as targetTest } from '../../support/target.ts';
import { pageTo } from './page.ts';

interface Heard {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Listener {
  readonly url: string;
  readonly host: string;
  /** Every request, in the order they came. */
  readonly heard: Heard[];
  close(): void;
}

type Reply = (response: ServerResponse, heard: Heard, count: number) => void;

export interface World {
  /** A real HTTP server in the place of a service. Without `reply` it answers 200 "ok". */
  listen(reply?: Reply): Promise<Listener>;
  /** Sends a page to "operations" of a target with these channels. Secrets are given by their names. */
  send(
    channels: Record<string, object>,
    page?: Partial<Page>,
    options?: {
      secrets?: Record<string, string>;
      contacts?: Target['contacts'];
      patience?: number;
    },
  ): ReturnType<ReturnType<typeof openChannels>['send']>;
}

export const test = targetTest.extend<{ world: World }>({
  world: async ({ directory }, use) => {
    const servers: Server[] = [];
    await use({
      async listen(reply = (response) => response.end('ok')) {
        const heard: Heard[] = [];
        const server = createServer((request, response) => {
          const parts: Buffer[] = [];
          request.on('data', (part: Buffer) => parts.push(part));
          request.on('end', () => {
            const { url: path = '', headers } = request;
            heard.push({ path, headers, body: Buffer.concat(parts).toString() });
            reply(response, heard.at(-1)!, heard.length);
          });
        });
        servers.push(server.listen(0, '127.0.0.1'));
        await once(server, 'listening');
        const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
        const close = () => void server.close();
        return { url: `http://${host}`, host, heard, close };
      },
      send(channels, page = {}, { secrets = {}, contacts = OPERATIONS, patience } = {}) {
        const parsed = Object.entries(channels).map(
          ([name, channel]) => [name, Channel.parse(channel)] as const,
        );
        const target = targetIn(directory, { contacts, channels: Object.fromEntries(parsed) });
        return openChannels(target, (name) => secrets[name]!, patience).send(
          pageTo('operations', page),
        );
      },
    });
    for (const server of servers) server.closeAllConnections();
    for (const server of servers) server.close();
  },
});

const OPERATIONS: Target['contacts'] = {
  operations: {
    members: ['ops-1', 'ops-2'],
    email: 'ops@example.com',
    phone: '+1 555 0100',
    slack: '#ops-team',
  },
};
