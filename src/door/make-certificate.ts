import 'reflect-metadata'; // of a package that the next one needs
import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { type Certificate, DAY, ORGANISATION } from './certificate.ts';

const KEY = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };
/**
 * Both ends are ours, and no key leaves this machine: who may come is the list of the admitted, not the date. So the time is longer
 * than any process lives.
 */
const VALID_DAYS = 3650;

export async function makeAuthority(): Promise<Certificate> {
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...common('authority'),
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pemOf(certificate, keys.privateKey);
}

/** For the door itself, reached by one of the names of this machine's loopback. */
export async function makeServerCertificate(authority: Certificate): Promise<Certificate> {
  const names = new x509.SubjectAlternativeNameExtension([
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
    { type: 'ip', value: '::1' },
  ]);
  return issue(authority, 'door', [use(x509.ExtendedKeyUsage.serverAuth), names]);
}

/** For one user of this machine, by the name of the login. */
export async function makeClientCertificate(
  authority: Certificate,
  login: string,
): Promise<Certificate> {
  return issue(authority, login, [use(x509.ExtendedKeyUsage.clientAuth)]);
}

async function issue(
  authority: Certificate,
  login: string,
  extensions: x509.Extension[],
): Promise<Certificate> {
  const keys = await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
  const issuer = new x509.X509Certificate(authority.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    ...common(login),
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await signingKeyOf(authority),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ...extensions,
    ],
  });
  return pemOf(certificate, keys.privateKey);
}

function common(name: string) {
  return {
    // Positive: its first bit is none.
    serialNumber: `4${randomBytes(16).toString('hex').slice(1)}`,
    subject: subjectOf(name),
    name: subjectOf(name),
    // A clock that is set back a little makes nothing invalid.
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + VALID_DAYS * DAY),
    signingAlgorithm: SIGNATURE,
  };
}

function subjectOf(name: string): x509.JsonName {
  return [{ CN: [name] }, { O: [ORGANISATION] }];
}

function use(purpose: x509.ExtendedKeyUsage): x509.Extension {
  return new x509.ExtendedKeyUsageExtension([purpose]);
}

function signingKeyOf({ key }: Certificate): Promise<webcrypto.CryptoKey> {
  const der = x509.PemConverter.decodeFirst(key);
  return webcrypto.subtle.importKey('pkcs8', der, KEY, false, ['sign']);
}

function pemOf(certificate: x509.X509Certificate, key: webcrypto.CryptoKey): Certificate {
  return {
    certificate: certificate.toString('pem'),
    key: KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
