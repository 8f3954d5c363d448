import { hostname } from 'node:os';
import { version } from './version.ts';

/** As Temporal and people know this process, when it serves. */
export function workerIdentity(): string {
  return `runbook@${hostname()}/${process.pid}#${version}`;
}
