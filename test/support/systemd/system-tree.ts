import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findOnPath } from '../../../src/dev/server/find-on-path.ts';

export const REPOSITORY = realpathSync(resolve(import.meta.dirname, '../../..'));
const TREES = join(REPOSITORY, '.runbook/systemd');
const SUITE = 'bookworm';
const PACKAGES = ['systemd', 'systemd-sysv', 'dbus'];
const MIRROR = process.env['RUNBOOK_DEBIAN_MIRROR'] ?? 'http://deb.debian.org/debian';

const tools = ['debootstrap', 'systemd-nspawn', 'nsenter', 'setpriv'];
/** Why no systemd can be booted here. Undefined: it can. */
export const whyNoSystemd =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'needs root on Linux'
    : tools.filter((tool) => !findOnPath(tool)).map((tool) => `needs ${tool}`)[0];

/**
 * A Debian with systemd, 260 MB, made once for all runs of tests: 75 s of processor time, and what its mirror takes. Nothing is ever
 * written into it: what boots it writes into memory.
 */
export function systemTree(): string {
  const tree = join(TREES, SUITE);
  if (existsSync(join(tree, 'made'))) return tree;
  const part = `${tree}.${process.pid}`;
  mkdirSync(TREES, { recursive: true });
  try {
    execFileSync(
      'debootstrap',
      ['--variant=minbase', `--include=${PACKAGES.join(',')}`, SUITE, part, MIRROR],
      { stdio: 'pipe', timeout: 900_000 },
    );
    writeFileSync(join(part, 'made'), '');
    if (!existsSync(join(tree, 'made'))) {
      rmSync(tree, { recursive: true, force: true });
      renameSync(part, tree);
    }
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return tree;
}
