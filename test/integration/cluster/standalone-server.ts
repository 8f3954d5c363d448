import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Lifeline, startLifeline } from '../../../src/dev/server/lifeline.ts';
import { reservedPort } from '../../support/reserved-port.ts';

const BUILT = join(homedir(), '.cache/durable-runbooks/temporal-server/temporal-server');
const program = process.env['RUNBOOK_TEMPORAL_SERVER'] ?? BUILT;
export const whyNoServer = existsSync(program)
  ? undefined
  : 'needs a standalone server: node test/integration/cluster/build.ts';

const DOCS = new URL('../../../docs/cluster.md', import.meta.url);

/** The standalone server, by the configuration that docs/cluster.md has, with files below `directory`. */
export async function startStandalone(
  directory: string,
  jwks: object,
): Promise<{
  readonly address: string;
  readonly server: Lifeline;
  readonly file: (name: string) => string;
  /** The end of what it says. */
  readonly log: () => string;
}> {
  const etc = join(directory, 'etc');
  const data = join(directory, 'data');
  for (const one of [etc, data]) mkdirSync(one);
  const file = (name: string) => join(etc, name);
  makeCertificates(etc);
  writeFileSync(file('jwks.json'), JSON.stringify(jwks));
  let text = blockOf('# /etc/temporal/config.yaml')
    .replaceAll('/etc/temporal', etc)
    .replaceAll('/var/lib/temporal', data)
    .replace('0.0.0.0', '127.0.0.1');
  const ports = new Map<string, number>();
  for (const port of [
    '7233',
    '7234',
    '7235',
    '7236',
    '7239',
    '6933',
    '6934',
    '6935',
    '6936',
    '6939',
  ])
    ports.set(port, await reservedPort());
  for (const [port, free] of ports) text = text.replaceAll(port, String(free));
  writeFileSync(file('config.yaml'), text);
  writeFileSync(file('dynamic.yaml'), blockOf('# /etc/temporal/dynamic.yaml'));
  const services = ['frontend', 'internal-frontend', 'matching', 'history', 'worker'];
  const words = ['start', ...services.flatMap((name) => ['--service', name])];
  const server = await startLifeline(program, ['--config-file', file('config.yaml'), ...words], {
    log: join(directory, 'server.log'),
  });
  const log = () => readFileSync(join(directory, 'server.log'), 'utf8').slice(-3000);
  return { address: `127.0.0.1:${ports.get('7233')}`, server, file, log };
}

/** A block of YAML of the page, by how its first line begins. */
function blockOf(first: string): string {
  const page = readFileSync(DOCS, 'utf8');
  const block = page.split('```yaml\n').find((one) => one.startsWith(first));
  if (block === undefined) throw new Error(`docs/cluster.md has no block "${first}"`);
  return block.slice(0, block.indexOf('```'));
}

/** An authority, the server, and people: `<name>.pem` and `<name>.key`. */
function makeCertificates(directory: string): void {
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...ec,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=tests',
  );
  writeFileSync(
    join(directory, 'names'),
    'subjectAltName=DNS:temporal,DNS:localhost,IP:127.0.0.1\n',
  );
  for (const name of ['server', 'person']) {
    openssl('req', ...ec, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      'names',
      '-out',
      `${name}.pem`,
    );
  }
}
