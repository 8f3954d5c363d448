import { createHmac, timingSafeEqual } from 'node:crypto';

/** No link is longer, so nothing longer is read. */
const MAX_LETTERS = 2048;

/** A token that goes into a link. It is readable by whoever holds it, and can be made only with the secret. */
export function signToken(purpose: string, content: unknown, secret: string): string {
  const text = Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${text}.${signatureOf(purpose, text, secret).toString('base64url')}`;
}

/** Undefined: not signed with this secret for this purpose. */
export function readToken(purpose: string, token: string, secret: string): unknown {
  const [, content, signature] =
    (token.length <= MAX_LETTERS && /^([\w-]+)\.([\w-]{43})$/.exec(token)) || [];
  if (!content || !signature) return undefined;
  const expected = signatureOf(purpose, content, secret);
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return JSON.parse(Buffer.from(content, 'base64url').toString());
}

/** The purpose keeps the secret's signatures for one thing apart from those for another. */
function signatureOf(purpose: string, content: string, secret: string): Buffer {
  if (secret === '') throw new Error('Cannot sign a link: the secret is empty');
  return createHmac('sha256', secret).update(`runbook ${purpose} 1:${content}`).digest();
}
