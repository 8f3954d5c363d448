import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { cutSilent, SLOWEST } from '../../os/http/cut-silent.ts';
import { connectionTo, WAYS } from '../connection-to.ts';
import type { KnownDoor } from '../known-door.ts';
import { openSession, type Refusal, withoutCookie } from './session.ts';

export interface UiFront {
  /** Opens Temporal UI in a browser, once. */
  readonly link: string;
  close(): Promise<void>;
}

interface UiFrontOptions {
  readonly door: KnownDoor;
  /** Taken when it is free. */
  readonly port: number;
  /** Where the link leads, such as `/namespaces/runbooks/workflows`. */
  readonly to: string;
  /** Told when somebody brings a link that is no good: it may have come into other hands. */
  readonly onRefusedLink?: (refusal: Refusal) => void;
}

/** What the UI takes for its own address. */
const INSIDE = '127.0.0.1:8233';
/** A browser opens six to a host. */
const MAX_CONNECTIONS = 64;

/**
 * Temporal UI of a closed server for one browser of this machine: answers on loopback whoever has come by the link, and hands on what
 * they ask by the door, with the certificate of the user who started it. Error: `EADDRINUSE`.
 */
export async function openUiFront(options: UiFrontOptions): Promise<UiFront> {
  const { door, port, to, onRefusedLink } = options;
  const session = openSession();
  const agent = new Agent({ keepAlive: true });
  agent.createConnection = () => connect(connectionTo(door.address, door.key, WAYS.ui));

  const server = createServer(SLOWEST, (incoming, response) => {
    const { url = '/' } = incoming;
    // Nobody may put it into a page of their own.
    response.setHeader('x-frame-options', 'DENY');
    response.setHeader('referrer-policy', 'no-referrer');
    const foreign = session.refusalOfOrigin(incoming);
    if (foreign) return refuse(response, foreign);
    if (url.startsWith('/open/')) {
      const refusal = session.refusalOfLink(url);
      if (refusal) {
        onRefusedLink?.(refusal);
        return refuse(response, refusal);
      }
      response.writeHead(303, { 'set-cookie': session.cookieHeader, location: to });
      return void response.end();
    }
    const refusal = session.refusalOfCookie(incoming);
    if (refusal) return refuse(response, refusal);
    handOn(incoming, response);
  });
  cutSilent(server, MAX_CONNECTIONS);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;

  return {
    link: `http://${session.host}:${taken}${session.linkPath}`,
    async close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await once(server, 'close');
    },
  };

  function handOn(incoming: IncomingMessage, response: ServerResponse): void {
    const { method, url, headers } = incoming;
    const { origin, referer: _referer, cookie, ...others } = headers;
    const own = withoutCookie(cookie);
    const inner = request({
      agent,
      method,
      path: url,
      headers: {
        ...others,
        host: INSIDE,
        ...(origin !== undefined && { origin: `http://${INSIDE}` }),
        ...(own !== undefined && { cookie: own }),
      },
    });
    inner.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    inner.once('error', ({ message }) => {
      if (response.headersSent) return void response.destroy();
      response.writeHead(502, TEXT);
      response.end(`The Temporal server at ${door.address} does not answer: ${message}\n`);
    });
    response.once('close', () => inner.destroy());
    incoming.pipe(inner);
  }
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8' };

function refuse(response: ServerResponse, { status, text }: Refusal): void {
  response.writeHead(status, TEXT);
  response.end(`${text}\n`);
}
