import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createSilent } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { describe, expect } from 'vitest';
import { certificate } from '../../../src/activities/health/application/certificate.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { test } from '../../support/target.ts';
import { sampler } from './support/sampling.ts';

const DAY = 86_400_000;

describe('certificate', () => {
  test('that lives on is told with its end, and that its authority is unknown apart from it', async ({
    directory,
    target,
  }) => {
    const figures = await shownBy(directory, target, { days: 90, name: 'localhost' });

    expect(figures['certificate.expiry']).toMatchObject({ verdict: 'ok' });
    expect(figures['certificate.expiry']!.note).toMatch(
      /^Valid until .*, (89\.9|90\.0) days left$/,
    );
    expect(figures['certificate.name']).toMatchObject({ verdict: 'ok' });
    expect(figures['certificate.chain']).toMatchObject({ verdict: 'warning' });
    expect(figures['certificate.chain']!.note).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  test('that ends in 9.7 days is a warning', async ({ directory, target }) => {
    const figures = await shownBy(directory, target, { days: 9.7, name: 'localhost' });

    expect(figures['certificate.expiry']).toMatchObject({
      verdict: 'warning',
      limit: 'warning below 21d, critical when it is over',
    });
    expect(figures['certificate.expiry']!.note).toContain('9.7 days left');
  });

  test('that has ended is critical', async ({ directory, target }) => {
    const figures = await shownBy(directory, target, { days: -3, name: 'localhost' });

    expect(figures['certificate.expiry']).toMatchObject({ verdict: 'critical' });
    expect(figures['certificate.expiry']!.note).toMatch(/^Expired .*, 3\.0 days ago$/);
    expect(figures['certificate.expiry']!.action).toContain('Renew the certificate');
  });

  test('that is for another name is critical', async ({ directory, target }) => {
    const figures = await shownBy(directory, target, { days: 90, name: 'elsewhere.example' });

    expect(figures['certificate.name']).toMatchObject({
      verdict: 'critical',
      note: 'It is not for localhost, but for DNS:elsewhere.example',
    });
  });

  test('that lives on below one that has ended is critical, as browsers take it', async ({
    directory,
    target,
  }) => {
    const { key, cert, root } = makeChain(join(directory, 'ca'), -30, 90);
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), root]);

    const figures = await shownAt(target, tls.createServer({ key, cert }));

    expect(figures['certificate.expiry']).toMatchObject({ verdict: 'ok' });
    expect(figures['certificate.chain']).toMatchObject({
      verdict: 'critical',
      note: 'The chain is broken: a certificate between it and its authority has ended (CERT_HAS_EXPIRED)',
    });
  });

  test('that has ended itself has no other finding', async ({ directory, target }) => {
    const { key, cert, root } = makeChain(join(directory, 'ca'), 90, -3);
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), root]);

    const figures = await shownAt(target, tls.createServer({ key, cert }));

    expect(figures['certificate.expiry']).toMatchObject({ verdict: 'critical' });
    expect(figures['certificate.chain']).toMatchObject({ verdict: 'ok' });
  });

  test('that is for another name, by a known authority, has no other finding', async ({
    directory,
    target,
  }) => {
    const { key, cert, root } = makeChain(join(directory, 'ca'), 90, 90, 'elsewhere.example');
    tls.setDefaultCACertificates([...tls.getCACertificates('default'), root]);

    const figures = await shownAt(target, tls.createServer({ key, cert }));

    expect(figures['certificate.name']).toMatchObject({ verdict: 'critical' });
    expect(figures['certificate.chain']).toMatchObject({ verdict: 'ok' });
  });

  test('that a silent port does not show is unknown, after the time for an answer', async ({
    target,
  }) => {
    const server = createSilent(() => {});

    const figures = await shownAt(target, server);

    expect(figures['certificate.expiry']).toMatchObject({
      verdict: 'unknown',
      note: 'No certificate came within 1 s',
    });
  });
});

/** By an authority that nobody knows, from and until any date: `openssl x509` has no way to say that. */
async function shownBy(
  directory: string,
  target: SqliteTarget,
  { days, name }: { days: number; name: string },
) {
  const { key, cert } = makeCertificate(join(directory, 'ca'), days, name);
  return shownAt(target, tls.createServer({ key, cert }));
}

async function shownAt(target: SqliteTarget, server: Server) {
  await once(server.listen(0, 'localhost'), 'listening');
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const proxied: SqliteTarget = {
    ...target,
    app: { ...target.app, timeout: '1s' },
    proxy: { kind: 'nginx', url, certificateWarning: '21d' },
  };
  try {
    return await sampler(proxied)(certificate);
  } finally {
    server.close();
  }
}

function makeCertificate(directory: string, days: number, name: string) {
  const { openssl, read, datesUntil, fresh } = authorityIn(directory);
  openssl(
    `req ${fresh} -keyout key -out request -subj /CN=${name} -addext subjectAltName=DNS:${name}`,
  );
  openssl(
    `ca -batch -config conf -cert ca.pem -keyfile ca.key -in request -out cert ${datesUntil(days)}`,
  );
  return { key: read('key'), cert: read('cert') };
}

/** With one between it and its authority, as every public authority has. */
function makeChain(directory: string, between: number, own: number, name = 'localhost') {
  const { openssl, read, datesUntil, fresh } = authorityIn(directory);
  const sign = (by: string, what: string, days: number) =>
    openssl(
      `ca -batch -config conf -notext -cert ${by}.pem -keyfile ${by}.key -in ${what}.req -out ${what}.pem ${datesUntil(days)}`,
    );
  openssl(
    `req ${fresh} -keyout between.key -out between.req -subj /CN=Between -addext basicConstraints=critical,CA:TRUE`,
  );
  sign('ca', 'between', between);
  openssl(
    `req ${fresh} -keyout own.key -out own.req -subj /CN=${name} -addext subjectAltName=DNS:${name}`,
  );
  sign('between', 'own', own);
  return {
    key: read('own.key'),
    cert: read('own.pem') + read('between.pem'),
    root: read('ca.pem'),
  };
}

function authorityIn(directory: string) {
  mkdirSync(directory, { recursive: true });
  const file = (of: string) => join(directory, of);
  const openssl = (command: string) =>
    execFileSync('openssl', command.split(' '), { cwd: directory, stdio: 'pipe' });
  writeFileSync(file('index'), '');
  writeFileSync(
    file('conf'),
    `[ca]\ndefault_ca = own\n[own]\nnew_certs_dir = .\ndatabase = index\ndefault_md = sha256\nrand_serial = yes
policy = any\ncopy_extensions = copy\nunique_subject = no\n[any]\ncommonName = supplied\n[req]\ndistinguished_name = dn\n[dn]\n`,
  );
  const fresh = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config conf';
  openssl(`req -x509 ${fresh} -keyout ca.key -out ca.pem -subj /CN=Nobody`);
  const date = (time: number) =>
    `${new Date(time)
      .toISOString()
      .replaceAll(/[-:T]|\..*/g, '')
      .slice(2)}Z`;
  return {
    openssl,
    fresh,
    read: (of: string) => readFileSync(file(of), 'utf8'),
    datesUntil: (days: number) =>
      `-startdate ${date(Date.now() - 60 * DAY)} -enddate ${date(Date.now() + days * DAY)}`,
  };
}
