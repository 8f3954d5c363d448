import type { TLSConfig } from '@temporalio/client';
import type { DoorKey } from './known-door.ts';

/** As Temporal's clients and workers take it. */
export function tlsOf({ authority, certificate, key }: DoorKey): TLSConfig {
  return {
    // The certificate names every address of the loopback; one name will do for all of them.
    serverNameOverride: 'localhost',
    serverRootCACertificate: Buffer.from(authority),
    clientCertPair: { crt: Buffer.from(certificate), key: Buffer.from(key) },
  };
}
