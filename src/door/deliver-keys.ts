import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Admitted, admit, readAdmitted } from './admitted.ts';
import { isFit } from './certificate.ts';
import { doorFiles } from './door-files.ts';
import { DELIVERIES, deliveredFile, type KnownDoor, loopbackPort } from './known-door.ts';
import { readCertificate } from './own-certificates.ts';
import { readPrivate, writePrivate } from './private-file.ts';

/**
 * Lays what opens the door where those who are admitted find it, for the port that it has now. A certificate whose time is nearly over,
 * or of an authority that is no more, is made anew. Only root can do so, and only root admits.
 */
export async function deliverKeys(dataFile: string, address: string): Promise<void> {
  const files = doorFiles(dataFile);
  const authority = readCertificate(files.authority);
  if (process.getuid?.() !== 0 || !authority) return;
  for (const one of readAdmitted(files)) {
    if (isFit(one, authority)) deliver(one, dataFile, address, authority.certificate);
    else {
      const { makeClientCertificate } = await import('./make-certificate.ts');
      const renewed = { ...one, ...(await makeClientCertificate(authority, one.login)) };
      admit(files, renewed);
      deliver(renewed, dataFile, address, authority.certificate);
    }
  }
}

/** In directories of root, so that the user can lay no link there; the file is the user's own. */
export function deliver(one: Admitted, dataFile: string, address: string, authority: string): void {
  const { uid, gid, certificate, key } = one;
  const port = loopbackPort(address)!;
  for (const directory of [DELIVERIES, join(DELIVERIES, port)]) {
    mkdirSync(directory, { recursive: true, mode: 0o711 });
    chmodSync(directory, 0o711);
  }
  const door: KnownDoor = { address, dataFile, key: { authority, certificate, key } };
  writePrivate(deliveredFile(port, uid), door, { uid, gid });
}

/** What was laid for that user by this door, for whatever port it had. */
export function takeBack(dataFile: string, uid: number): void {
  for (const port of namesIn(DELIVERIES)) {
    const file = deliveredFile(port, uid);
    const door = readPrivate(file) as KnownDoor | undefined;
    if (door?.dataFile === dataFile) rmSync(file, { force: true });
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
