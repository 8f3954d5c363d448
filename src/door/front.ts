import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { countText } from '../config/text/count-text.ts';
import { userName } from '../config/user-name.ts';
import { loginOf } from './admitted.ts';
import { WAYS, WELCOME } from './connection-to.ts';
import { type DoorFiles, SOCKETS } from './door-files.ts';
import { openDoorLog } from './door-log.ts';
import { countHandshakes } from './handshakes.ts';
import type { OwnCertificates } from './own-certificates.ts';
import { loginOfUid, userAtPort, usersAtPort } from './user-at-port.ts';

interface FrontOptions {
  readonly files: DoorFiles;
  readonly certificates: OwnCertificates;
  readonly port: number;
}

/** So soon a connection is cut whose user has been dismissed. */
const INTERVAL_MILLISECONDS = 500;
const HANDSHAKE_MILLISECONDS = 5000;

/**
 * The only way to an embedded server: TLS on loopback, for those who show a certificate of somebody who is admitted. What they send
 * goes through the forwarder's socket, which lies in the door's directory. Error: `EADDRINUSE`.
 */
export async function openFront(options: FrontOptions): Promise<{ close(): Promise<void> }> {
  const { files, certificates, port } = options;
  const owner = { login: userName(), certificate: certificates.client.certificate };
  const log = openDoorLog(files.log);
  // A path by the handle of the directory is short enough for a socket, wherever the directory lies.
  const directory = openSync(files.directory, 'r');
  const open = new Map<TLSSocket, string>();

  const server = createServer(
    {
      cert: certificates.server.certificate,
      key: certificates.server.key,
      ca: certificates.authority.certificate,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
      handshakeTimeout: HANDSHAKE_MILLISECONDS,
      ALPNProtocols: Object.values(WAYS),
    },
    receive,
  );
  const mayLook = oftenEnough();
  const handshakes = countHandshakes({
    users: usersAtPort(port),
    onCut(uid, count) {
      const cut = `${countText(count, 'connection')} of ${loginOfUid(uid)}`;
      log.write(`cut ${cut}: too many at once without a certificate`);
    },
  });
  server.on('connection', (socket) => handshakes.begin(socket));
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    // One who only looks whether anybody listens.
    if (error.code !== 'ECONNRESET') refuse(socket, reasonOf(error));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const watch = setInterval(cutDismissed, INTERVAL_MILLISECONDS);

  return {
    async close() {
      clearInterval(watch);
      for (const socket of open.keys()) socket.destroy();
      server.close();
      await once(server, 'close');
      closeSync(directory);
    },
  };

  function receive(socket: TLSSocket): void {
    handshakes.end(socket.remotePort);
    const fingerprint = socket.getPeerX509Certificate()?.fingerprint256 ?? '';
    const login = loginOf(files, owner, fingerprint);
    if (login === undefined) return refuse(socket, 'a certificate of somebody who is not admitted');
    socket.on('error', () => socket.destroy());
    if (socket.alpnProtocol === WAYS.ask) return void socket.end(`${WELCOME}${login}\n`);
    const way = socket.alpnProtocol === WAYS.ui ? SOCKETS.ui : SOCKETS.server;
    open.set(socket, fingerprint);
    socket.once('close', () => open.delete(socket));
    log.write(`admitted ${login}${way === SOCKETS.ui ? ' to Temporal UI' : ''}`);
    joinSockets(socket, connect(join('/proc/self/fd', String(directory), way)));
  }

  function refuse(socket: Socket, why: string): void {
    const user = mayLook() ? userAtPort(socket.remotePort ?? 0, port) : undefined;
    log.write(`refused ${user ?? 'an unknown user'}: ${why}`);
    socket.destroy();
  }

  function cutDismissed(): void {
    for (const [socket, fingerprint] of open) {
      if (loginOf(files, owner, fingerprint) !== undefined) continue;
      log.write('cut a connection of somebody who is not admitted any more');
      socket.destroy();
    }
  }
}

/** Without `setNoDelay` every step waits for acknowledgements that the other side holds back: measured, 80 ms instead of 20. */
function joinSockets(one: TLSSocket, other: Socket): void {
  one.setNoDelay(true);
  one.pipe(other).pipe(one);
  const end = () => {
    one.destroy();
    other.destroy();
  };
  for (const socket of [one, other]) socket.once('error', end).once('close', end);
}

/** Some at once, then one each second: while it is looked up who was refused, which takes the kernel 50 ms, nobody is served. */
function oftenEnough(): () => boolean {
  let left = LOOKS;
  let last = performance.now();
  return () => {
    const now = performance.now();
    left = Math.min(LOOKS, left + (now - last) / 1000);
    last = now;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}

const LOOKS = 5;

function reasonOf({ code = '', message }: NodeJS.ErrnoException): string {
  return REASONS[code] ?? (code || message);
}

const REASONS: Readonly<Record<string, string>> = {
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'no certificate',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no TLS',
  ERR_SSL_HTTP_REQUEST: 'no TLS, but HTTP',
};
