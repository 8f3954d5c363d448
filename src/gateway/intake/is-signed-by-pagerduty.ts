import { createHmac, timingSafeEqual } from 'node:crypto';

/** More than a subscription has while its secret changes. */
const MOST = 10;

/**
 * Whether PagerDuty has signed this body with the secret: `X-PagerDuty-Signature: v1=<hex>`, several of them while a secret changes.
 * Each is compared in a time that discloses nothing.
 */
export function isSignedByPagerDuty(
  body: string,
  header: string | undefined,
  secret: string,
): boolean {
  const expected = createHmac('sha256', secret).update(body).digest();
  const given = (header ?? '').split(',').slice(0, MOST);
  const matches = given.map((one) => {
    const [, hex] = /^\s*v1=([0-9a-f]{64})\s*$/.exec(one) ?? [];
    return hex !== undefined && timingSafeEqual(Buffer.from(hex, 'hex'), expected);
  });
  return matches.includes(true);
}
