import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { inject } from 'vitest';
import { findOnPath } from '../../../src/dev/server/find-on-path.ts';
import type { BootedSystemd } from '../../support/systemd/booted-systemd.ts';
import { REPOSITORY } from '../../support/systemd/system-tree.ts';

export const UNITS = ['runbook@', 'runbook-worker@', 'runbook-watchdog@', 'runbook-gateway'];
export const RUNBOOK = '/usr/local/bin/runbook';

/**
 * Installs what docs/install.md does, in a booted systemd: the package as it would be shipped, `runbook` on PATH, the units. And what a
 * host has, and the Debian of the tests has not: `ip`, of which our Temporal server gets a network of its own.
 */
export function install(machine: BootedSystemd, shared: string): void {
  const modules = join(shared, 'opt/1/node_modules');
  const ours = join(modules, 'durable-runbooks');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  cpSync(inject('built'), ours, { recursive: true, dereference: true });
  // Not by links, as an installation has none: units with a /tmp of their own do not see a checkout that lies there.
  execFileSync('cp', ['-aL', '--reflink=auto', process.execPath, join(modules, '.bin/node')]);
  copyTree(realpathSync(join(REPOSITORY, 'node_modules')), join(ours, 'node_modules'));
  symlinkSync('1', join(shared, 'opt/current'));
  copyFileSync(inject('temporal').path, join(shared, 'temporal'));
  const made = [shared, join(shared, 'opt'), join(shared, 'opt/1'), modules, ours];
  execFileSync('chmod', ['a+rx', ...made, join(shared, 'temporal')]);
  for (const name of ['dist', 'src', 'targets', 'deploy', 'package.json'])
    execFileSync('chmod', ['-R', 'a+rX', join(ours, name)]);

  const start = readFileSync(join(REPOSITORY, 'deploy/runbook'), 'utf8');
  machine.write(RUNBOOK, start.replaceAll('/opt/durable-runbooks', join(shared, 'opt')));
  machine.run('chmod', '755', RUNBOOK);
  for (const unit of UNITS)
    machine.write(
      `/etc/systemd/system/${unit}.service`,
      readFileSync(join(REPOSITORY, `deploy/systemd/${unit}.service`), 'utf8'),
    );
  giveIp(machine, shared);
}

/** By second names, where the disk is the same. */
function copyTree(from: string, to: string): void {
  try {
    execFileSync('cp', ['-al', from, to], { stdio: 'pipe' });
  } catch {
    rmSync(to, { recursive: true, force: true });
    execFileSync('cp', ['-a', from, to]);
  }
}

function giveIp(machine: BootedSystemd, shared: string): void {
  const program = findOnPath('ip');
  if (program === undefined) throw new Error('There is no "ip" on PATH');
  const libraries = execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/=> (\/\S+)/g);
  mkdirSync(join(shared, 'ip'));
  for (const file of [program, ...[...libraries].map(([, path]) => path!)]) {
    const copy = join(shared, 'ip', basename(file));
    copyFileSync(file, copy);
    chmodSync(copy, 0o755);
    const place = file === program ? '/usr/sbin/ip' : file;
    machine.run(
      'sh',
      '-c',
      `test -e ${place} || { mkdir -p ${dirname(place)}; cp ${copy} ${place}; }`,
    );
  }
}
