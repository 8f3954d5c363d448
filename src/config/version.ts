import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** The version of this package. */
export const version: string = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
).version;

/** As Temporal and people know this process, when it serves: `runbook@<host>/<pid>#<version>`. */
export function workerIdentity(): string {
  return `runbook@${hostname()}/${process.pid}#${version}`;
}
