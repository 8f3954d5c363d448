import type { ConnectionOptions } from 'node:tls';
import type { TLSConfig } from '@temporalio/client';
import type { DoorKey } from './known-door.ts';

/** Which way a caller wants through the door, as TLS names it (ALPN): to the server, to its UI, or only to hear whether it is let in. */
export const WAYS = { server: 'h2', ui: 'runbook-ui', ask: 'runbook-ask' } as const;

/** What the door says to one who is let in. */
export const WELCOME = 'welcome ';

/** How a door on this machine is connected to. Without a key nothing is proven of who listens there, and nothing may be told to them. */
export function connectionTo(
  address: string,
  key: DoorKey | undefined,
  way: string,
): ConnectionOptions {
  const [, host = '127.0.0.1', port] = /^\[?([^\]]*)\]?:(\d+)$/.exec(address) ?? [];
  return {
    host,
    port: Number(port),
    servername: 'localhost',
    ALPNProtocols: [way],
    minVersion: 'TLSv1.3',
    ...(key
      ? { ca: key.authority, cert: key.certificate, key: key.key }
      : { rejectUnauthorized: false }),
  };
}

/** The same as Temporal's clients and workers take it. */
export function tlsOf({ authority, certificate, key }: DoorKey): TLSConfig {
  return {
    // The certificate names every address of the loopback; one name will do for all of them.
    serverNameOverride: 'localhost',
    serverRootCACertificate: Buffer.from(authority),
    clientCertPair: { crt: Buffer.from(certificate), key: Buffer.from(key) },
  };
}
