import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createSilent } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { describe, expect } from 'vitest';
import { certificate } from '../../../src/activities/health/application/certificate.ts';
import type { Target } from '../../../src/config/schema/target.ts';
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
  target: Target,
  { days, name }: { days: number; name: string },
) {
  const { key, cert } = makeCertificate(join(directory, 'ca'), days, name);
  return shownAt(target, tls.createServer({ key, cert }));
}

async function shownAt(target: Target, server: Server) {
  await once(server.listen(0, 'localhost'), 'listening');
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const proxied: Target = {
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
  openssl(
    `req ${fresh} -keyout key -out request -subj /CN=${name} -addext subjectAltName=DNS:${name}`,
  );
  const date = (time: number) =>
    `${new Date(time)
      .toISOString()
      .replaceAll(/[-:T]|\..*/g, '')
      .slice(2)}Z`;
  const dates = `-startdate ${date(Date.now() - 30 * DAY)} -enddate ${date(Date.now() + days * DAY)}`;
  openssl(`ca -batch -config conf -cert ca.pem -keyfile ca.key -in request -out cert ${dates}`);
  return { key: readFileSync(file('key')), cert: readFileSync(file('cert')) };
}
