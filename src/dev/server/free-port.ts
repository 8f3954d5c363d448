import { createServer } from 'node:net';

/** The preferred port of 127.0.0.1 when nobody listens there, else one that the system gives. */
export async function freePort(preferred: number, except?: number): Promise<number> {
  const port = (await canListen(preferred)) ?? (await canListen(0));
  if (port === undefined) throw new Error('Cannot listen on any port of "127.0.0.1"');
  return port === except ? freePort(0, except) : port;
}

/** The port, if one could listen on it now. Another process may still be faster. */
function canListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}
