import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { permanent } from '../failure.ts';
import { ensurePrivate } from '../files/ensure-private.ts';
import { writeNew } from '../files/write-new.ts';
import { publicLine, type Signed, sshSignature } from './ssh-signature.ts';

const PRIVATE = 'signing-key.pem';

export interface SigningKey {
  /** As OpenSSH writes it, on one line and without a comment. */
  readonly publicKey: string;
  sign(signed: Signed): string;
}

/** Where a target keeps the key that signs its audit and its backups: with what is ours, never with the application. */
export function keysOf(state: string): string {
  return join(state, 'keys');
}

/**
 * The key in a directory, made now when there is none. It never leaves it, and only its owner may read it. Of two processes that
 * make it at the same time the first one counts. Error: `KeyWrong` when it is none, or others may read or replace it.
 */
export function ensureSigningKey(directory: string): SigningKey {
  const file = join(directory, PRIVATE);
  if (!existsSync(file)) {
    ensurePrivate(directory);
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    try {
      writeNew(file, [Buffer.from(pem)]);
    } catch (error) {
      if (!existsSync(file)) throw error;
    }
  }
  return opened(readKey(file));
}

/** The key's public half. Undefined: nothing was ever signed here. Error: `KeyWrong`. */
export function publicKeyIn(directory: string): string | undefined {
  const file = join(directory, PRIVATE);
  return existsSync(file) ? opened(readKey(file)).publicKey : undefined;
}

function opened(key: KeyObject): SigningKey {
  return {
    publicKey: publicLine(createPublicKey(key)),
    sign: (signed) => sshSignature(key, signed),
  };
}

function readKey(file: string): KeyObject {
  let fd: number;
  try {
    // Not through a link: whoever may plant one would choose the key.
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    throw wrong(file, (error as Error).message);
  }
  try {
    const { mode, uid } = fstatSync(fd);
    const me = process.geteuid?.();
    if ((mode & 0o077) !== 0) throw wrong(file, 'others may read or write it: chmod 600 it');
    // Root reads the key of the user that the worker runs as.
    if (me !== undefined && me !== 0 && uid !== me) throw wrong(file, `it belongs to user ${uid}`);
    return privateKeyOf(file, readFileSync(fd, 'utf8'));
  } finally {
    closeSync(fd);
  }
}

function privateKeyOf(file: string, pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw wrong(file, 'it holds no private key'); // the library's own message may quote it
  }
  if (key.asymmetricKeyType !== 'ed25519') throw wrong(file, `it is ${key.asymmetricKeyType}`);
  return key;
}

function wrong(file: string, why: string): Error {
  return permanent('KeyWrong', `Cannot use the signing key "${file}": ${why}`);
}
