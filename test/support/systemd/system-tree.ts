import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from '../../../src/dev/server/find-on-path.ts';

export const REPOSITORY = realpathSync(resolve(import.meta.dirname, '../../..'));
const TREES = join(REPOSITORY, '.runbook/systemd');
const SUITE = 'bookworm';
const PACKAGES = ['systemd', 'systemd-sysv', 'dbus'];
const MIRROR = process.env['RUNBOOK_DEBIAN_MIRROR'] ?? 'http://deb.debian.org/debian';
const MADE_WITHIN = 900_000;

const tools = ['debootstrap', 'systemd-nspawn', 'nsenter', 'setpriv', 'flock', 'unshare'];

/** Why no systemd can be booted here. Undefined: it can. */
export const whyNoSystemd = whyNot();

function whyNot(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  const missing = tools.filter((tool) => !findOnPath(tool));
  if (missing.length > 0) return `needs ${missing.join(', ')}`;
  // In a container that may not have others.
  return spawnSync('unshare', ['-m', '-p', '-f', 'true']).status === 0
    ? undefined
    : 'needs the right to make namespaces';
}

/** Whoever comes second waits for the first. It has its name when it is whole. No timer of apt is to begin its day when it boots. */
const MAKE = `set -e
test -e "$1/made" && exit
rm -rf "$1" "$1.part"
debootstrap --variant=minbase "--include=$2" "$3" "$1.part" "$4" >&2
rm -rf "$1.part/etc/systemd/system/timers.target.wants"
touch "$1.part/made"
mv "$1.part" "$1"`;

/**
 * A Debian with systemd, 260 MB, made once for all runs of tests: 75 s of processor time, and what its mirror takes. Nothing is ever
 * written into it: what boots it writes into memory.
 */
export async function systemTree(): Promise<string> {
  const tree = join(TREES, SUITE);
  mkdirSync(TREES, { recursive: true });
  const args = [tree, PACKAGES.join(','), SUITE, MIRROR];
  await promisify(execFile)('flock', [join(TREES, 'lock'), 'sh', '-c', MAKE, 'sh', ...args], {
    timeout: MADE_WITHIN,
  });
  return tree;
}
