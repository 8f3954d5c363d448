import { readFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Lifeline, startLifeline } from '../../../src/dev/server/lifeline.ts';
import { reservedPort } from '../../support/reserved-port.ts';
import { makeCertificates } from './certificates.ts';
import { blockOf } from './page.ts';

const BUILT = join(homedir(), '.cache/durable-runbooks/temporal-server');
const program = process.env['RUNBOOK_TEMPORAL_SERVER'] ?? join(BUILT, 'temporal-server');

/** The tool that makes Temporal's tables. */
export const sqlTool = process.env['RUNBOOK_TEMPORAL_SQL_TOOL'] ?? join(BUILT, 'temporal-sql-tool');

export const whyNoServer =
  existsSync(program) && existsSync(sqlTool)
    ? undefined
    : 'needs a standalone server: node test/integration/cluster/build.ts';

const RPC = ['7233', '7234', '7235', '7236', '7239'];
const MEMBERSHIP = ['6933', '6934', '6935', '6936', '6939'];

export interface Standalone {
  readonly address: string;
  readonly server: Lifeline;
  readonly file: (name: string) => string;
  /** The end of what it says. */
  readonly log: () => string;
  /** With the configuration and the ports that it had. */
  startAgain(): Promise<Standalone>;
}

/** The standalone server, by the configuration that docs/cluster.md has, with files below `directory`. */
export async function startStandalone(
  directory: string,
  jwks: object,
  persistence?: string,
): Promise<Standalone> {
  const etc = join(directory, 'etc');
  const data = join(directory, 'data');
  for (const one of [etc, data]) mkdirSync(one, { recursive: true });
  const file = (name: string) => join(etc, name);
  if (!existsSync(file('ca.pem'))) makeCertificates(etc);
  writeFileSync(file('jwks.json'), JSON.stringify(jwks));
  let text = blockOf('# /etc/temporal/config.yaml')
    .replaceAll('/etc/temporal', etc)
    .replaceAll('/var/lib/temporal', data)
    .replace('0.0.0.0', '127.0.0.1');
  if (persistence !== undefined) text = text.replace(/^persistence:\n(?: .*\n)+/m, persistence);
  const ports = new Map<string, number>();
  for (const port of [...RPC, ...MEMBERSHIP]) ports.set(port, await reservedPort());
  for (const [port, free] of ports) text = text.replaceAll(port, String(free));
  const config = file(`config-${ports.get('7233')}.yaml`);
  writeFileSync(config, text);
  writeFileSync(file('dynamic.yaml'), blockOf('# /etc/temporal/dynamic.yaml'));
  const log = join(directory, `server-${ports.get('7233')}.log`);
  return start();

  async function start(): Promise<Standalone> {
    const services = ['frontend', 'internal-frontend', 'matching', 'history', 'worker'];
    const words = ['start', ...services.flatMap((name) => ['--service', name])];
    return {
      address: `127.0.0.1:${ports.get('7233')}`,
      server: await startLifeline(program, ['--config-file', config, ...words], { log }),
      file,
      log: () => readFileSync(log, 'utf8').slice(-3000),
      startAgain: start,
    };
  }
}
