import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { SOCKETS } from './door-files.ts';

/**
 * Run as a process in the server's network namespace, in the door's directory: takes connections by sockets there, and hands them to
 * the server and its UI. The address is that of the namespace: nobody outside can reach it.
 */
function forward(name: string, port: number): void {
  rmSync(name, { force: true });
  const server = createServer({ allowHalfOpen: true }, (inside) => {
    const outside = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    inside.pipe(outside).pipe(inside);
    endTogether(inside, outside);
  });
  server.listen(name, () => chmodSync(name, 0o600));
}

function endTogether(...sockets: readonly Socket[]): void {
  const end = () => {
    for (const socket of sockets) socket.destroy();
  };
  for (const socket of sockets) socket.once('error', end).once('close', end);
}

const [serverPort, uiPort] = process.argv.slice(2).map(Number);
process.umask(0o177);
forward(SOCKETS.server, serverPort!);
if (uiPort) forward(SOCKETS.ui, uiPort);
