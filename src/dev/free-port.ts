import { createServer } from 'node:net';

/** The preferred port of 127.0.0.1 when nobody listens there, else one that the system gives. */
export async function freePort(preferred: number, except?: number): Promise<number> {
  if (preferred !== except && (await canListen(preferred))) return preferred;
  const given = (await canListen(0)) as number;
  return given === except ? freePort(preferred, except) : given;
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
