import { generateKeyPairSync, sign } from 'node:crypto';

/** An identity provider: what the server is told of it, and its tokens. */
export function openIssuer() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const header = part({ alg: 'RS256', typ: 'JWT', kid: 'tests' });
  return {
    jwks: {
      keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'tests', use: 'sig', alg: 'RS256' }],
    },
    /** `seconds`: how long it is good for. */
    token(sub: string, permissions: readonly string[], seconds = 3600): string {
      const now = Math.floor(Date.now() / 1000);
      const text = `${header}.${part({ sub, permissions, iat: now - 60, exp: now + seconds })}`;
      return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`;
    },
  };
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
