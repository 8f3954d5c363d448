import { X509Certificate } from 'node:crypto';

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** In X.509 it is the organisation of every certificate of ours, by which a door is known from outside. */
export const ORGANISATION = 'Durable Runbooks';

export const DAY = 86_400_000;
/** What has less left is made anew at a start. */
const RENEW_DAYS = 365;

/**
 * False: it is not of that authority, or its time is nearly over, or has not come, as after a clock that was wrong, or it is no
 * certificate at all.
 */
export function isFit({ certificate }: Certificate, authority: Certificate): boolean {
  try {
    const own = new X509Certificate(certificate);
    const issuer = new X509Certificate(authority.certificate);
    const left = own.validToDate.getTime() - Date.now();
    const isNow = own.validFromDate.getTime() <= Date.now() && left > RENEW_DAYS * DAY;
    return isNow && own.checkIssued(issuer) && own.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

export function fingerprintOf({ certificate }: Pick<Certificate, 'certificate'>): string {
  return new X509Certificate(certificate).fingerprint256;
}
