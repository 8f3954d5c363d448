import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from '../../../../src/dev/server/find-on-path.ts';
import { REPOSITORY } from '../../../support/systemd/system-tree.ts';

/** Whether this machine can have scanners of Python. */
export const canScan = findOnPath('python3') !== undefined && findOnPath('flock') !== undefined;

/** Whoever comes second waits for the first. */
const MAKE = `set -e
test -e "$1/made" && exit
rm -rf "$1"
python3 -m venv "$1"
"$1/bin/pip" install --quiet bandit==1.9.4 pip-audit==2.10.1
touch "$1/made"`;

/** The directory of the real ones, made once for all runs of tests. */
export async function scanners(): Promise<string> {
  const parent = join(REPOSITORY, '.runbook/scanners');
  const tree = join(parent, 'venv');
  mkdirSync(parent, { recursive: true });
  await promisify(execFile)('flock', [join(parent, 'lock'), 'sh', '-c', MAKE, 'sh', tree]);
  return join(tree, 'bin');
}
