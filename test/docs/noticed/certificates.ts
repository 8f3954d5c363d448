import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { certificate } from '../../../src/activities/health/application/certificate.ts';
import { sampler } from '../../activities/health/support/sampling.ts';
import { badOf, type Fault, type Place } from './fault.ts';

/** A proxy whose certificate is changed. curl is given each as its authority, so that what differs is the fault. */
export async function certificateFaults({ target, directory }: Place): Promise<{
  readonly faults: Fault[];
  readonly end: () => void;
}> {
  const place = join(directory, 'certificates');
  mkdirSync(place);
  const good = make(place, 'good', 90, 'localhost');
  const ending = make(place, 'ending', 9, 'localhost');
  const other = make(place, 'other', 90, 'elsewhere.example');
  execFileSync('sh', ['-c', 'cat *.cert > all.pem'], { cwd: place });
  const server = createServer(good, (_, response) => response.end('ok'));
  await once(server.listen(0, 'localhost'), 'listening');
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const proxy = { kind: 'nginx', url, certificateWarning: '21d' } as const;
  const sample = sampler({ ...target, proxy });
  const common = {
    commands: [
      {
        manual: 'B',
        text: 'curl -s https://analytics.mep.gov.sa/healthz',
        here: {
          'curl -s': `curl -s --cacert ${place}/all.pem`,
          'https://analytics.mep.gov.sa': url,
        },
      },
    ] as const,
    by: 'health-check',
    // Each authority here is one that nobody knows.
    look: async () => {
      const { 'certificate.chain': _, ...others } = await sample(certificate);
      return badOf(others);
    },
  };
  const changedTo = (one: typeof good) => async () => {
    server.setSecureContext(one);
    server.closeAllConnections();
    return () => server.setSecureContext(good);
  };
  return {
    faults: [
      { ...common, name: 'The certificate ends in 9 days', strike: changedTo(ending) },
      { ...common, name: 'The certificate is for another name', strike: changedTo(other) },
    ],
    end: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function make(directory: string, file: string, days: number, name: string) {
  const keys = `-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${file}.key -out ${file}.cert`;
  execFileSync(
    'openssl',
    `req -x509 ${keys} -days ${days} -subj /CN=${name} -addext subjectAltName=DNS:${name}`.split(
      ' ',
    ),
    { cwd: directory, stdio: 'pipe' },
  );
  const read = (end: string) => readFileSync(join(directory, `${file}.${end}`), 'utf8');
  return { key: read('key'), cert: read('cert') };
}
