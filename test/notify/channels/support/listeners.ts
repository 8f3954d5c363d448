import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

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
export type Listen = (reply?: Reply) => Promise<Listener>;

/** Real HTTP servers in the place of services. Without `reply` one answers 200 "ok". */
export function openListeners(): { readonly listen: Listen; close(): void } {
  const servers: Server[] = [];
  return {
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
    close() {
      for (const server of servers) server.closeAllConnections();
      for (const server of servers) server.close();
    },
  };
}
