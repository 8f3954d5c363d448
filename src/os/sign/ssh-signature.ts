import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

const MAGIC = Buffer.from('SSHSIG');
const KIND = 'ssh-ed25519';
const HASH = 'sha512';
const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const END = '-----END SSH SIGNATURE-----';
/** A signature of ours has about 300 letters. What is longer than this is none, and is not read. */
const MOST_LETTERS = 4096;

export interface Signed {
  /** What the signature is for, such as `audit@durable-runbooks`: one for something else counts for nothing here. */
  readonly namespace: string;
  /** What is signed; or, of what is too large to be held, its SHA-512. */
  readonly content: Buffer | string | { readonly sha512: Buffer };
}

/** Signs as `ssh-keygen -Y sign` does, so that `ssh-keygen -Y verify` on any host can say whether it is ours. */
export function sshSignature(key: KeyObject, { namespace, content }: Signed): string {
  const signature = sign(null, signedPart(namespace, content), key);
  const blob = Buffer.concat([
    MAGIC,
    number(1),
    text(publicBlob(createPublicKey(key))),
    text(namespace),
    text(''),
    text(HASH),
    text(Buffer.concat([text(KIND), text(signature)])),
  ]);
  const lines = blob.toString('base64').match(/.{1,70}/g)!;
  return [BEGIN, ...lines, END, ''].join('\n');
}

/** The key that made the signature, as a line of OpenSSH. Undefined: nobody signed this content for this purpose. */
export function signerOf(signature: string, { namespace, content }: Signed): string | undefined {
  try {
    const parts = read(blobOf(signature));
    const [publicKey, purpose, , hash, made] = parts;
    if (purpose!.toString() !== namespace || hash!.toString() !== HASH) return undefined;
    const [kind, bytes] = partsOf(made!);
    const key = keyOf(publicKey!);
    if (kind!.toString() !== KIND || !verify(null, signedPart(namespace, content), key, bytes!))
      return undefined;
    return publicLine(key);
  } catch {
    return undefined; // whatever it is, it is no signature
  }
}

/** A public key as OpenSSH writes it: `ssh-ed25519 AAAA...`. */
export function publicLine(key: KeyObject): string {
  return `${KIND} ${publicBlob(key).toString('base64')}`;
}

function blobOf(signature: string): Buffer {
  const lines = signature.length > MOST_LETTERS ? [] : signature.trim().split(/\r?\n/);
  if (lines[0] !== BEGIN || lines.at(-1) !== END) throw new Error('Not a signature');
  return Buffer.from(lines.slice(1, -1).join(''), 'base64');
}

function read(blob: Buffer): Buffer[] {
  const start = MAGIC.length + 4;
  if (!blob.subarray(0, start).equals(Buffer.concat([MAGIC, number(1)])))
    throw new Error('Not a signature');
  return partsOf(blob.subarray(start));
}

function signedPart(namespace: string, content: Signed['content']): Buffer {
  const digest =
    typeof content === 'object' && 'sha512' in content
      ? content.sha512
      : createHash(HASH).update(content).digest();
  return Buffer.concat([MAGIC, text(namespace), text(''), text(HASH), text(digest)]);
}

function publicBlob(key: KeyObject): Buffer {
  return Buffer.concat([
    text(KIND),
    text(Buffer.from(key.export({ format: 'jwk' }).x!, 'base64url')),
  ]);
}

function keyOf(blob: Buffer): KeyObject {
  const [kind, bytes] = partsOf(blob);
  if (kind!.toString() !== KIND) throw new Error(`Not a key of the kind ${KIND}`);
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes!.toString('base64url') };
  return createPublicKey({ key: jwk, format: 'jwk' });
}

/** SSH writes each text with its length before it. */
function text(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([number(bytes.length), bytes]);
}

function partsOf(blob: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < blob.length;) {
    const length = blob.readUInt32BE(at);
    const end = at + 4 + length;
    if (end > blob.length) throw new Error('Cut short');
    parts.push(blob.subarray(at + 4, end));
    at = end;
  }
  return parts;
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
