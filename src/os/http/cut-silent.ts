import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a caller may take for its headers, and for all that it asks, in ms. Node would look every 30 s only. */
export const SLOWEST = {
  headersTimeout: 5000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1000,
};

/** In ms. What has been sent with a connection is read by then. */
const GRACE = 50;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Keeps so many connections at most: when more come it cuts those that have been silent longest, never one that waits for its answer.
 * With `maxConnections` whoever opens connections and says nothing keeps everybody else out; without, he takes every open file.
 */
export function cutSilent(server: Server, most: number): void {
  /** By when they came, or were answered last; with what they ask, and its answer. */
  const open = new Map<Socket, Exchange | undefined>();
  let isPlanned = false;
  server.on('connection', (socket) => {
    open.set(socket, undefined);
    socket.once('close', () => open.delete(socket));
    if (open.size <= most || isPlanned) return;
    isPlanned = true;
    // After a timer, however late it is, what lies ready is read first.
    setTimeout(() => setImmediate(cut), GRACE);
  });
  server.on('request', (request, response) => {
    const { socket } = request;
    open.set(socket, { request, response });
    response.once('close', () => {
      if (open.delete(socket) && !socket.destroyed) open.set(socket, undefined);
    });
  });

  function cut(): void {
    isPlanned = false;
    const silent = [...open].filter(([, exchange]) => !isWaiting(exchange));
    for (const [socket] of silent.slice(0, Math.max(0, open.size - most))) socket.destroy();
  }
}

/** Has asked, and is not answered yet. Who does not read the answer waits for nothing. */
function isWaiting(exchange: Exchange | undefined): boolean {
  return exchange !== undefined && exchange.request.complete && !exchange.response.writableEnded;
}
