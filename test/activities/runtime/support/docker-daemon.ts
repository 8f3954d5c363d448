import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lifeline, startLifeline } from '../../../../src/dev/server/lifeline.ts';
import { IMAGE } from './compose-project.ts';

const path = process.env['PATH']!.split(':');
export const docker = findOnPath('docker', ['/usr/bin', ...path]);
const busybox = findOnPath('busybox', path);
/** Only where this is root, and docker, dockerd and busybox are on PATH. */
export const canRunDocker =
  process.getuid?.() === 0 && docker && busybox && findOnPath('dockerd', path);

/** The plugin that `docker compose` needs; built from its Go module where no package has it. */
const plugin = [
  process.env['RUNBOOK_COMPOSE_PLUGIN'],
  '/usr/libexec/docker/cli-plugins/docker-compose',
  '/usr/lib/docker/cli-plugins/docker-compose',
  '/usr/local/lib/docker/cli-plugins/docker-compose',
].find((file) => file && existsSync(file));

export interface Compose {
  readonly name: string;
  /** Undefined where this machine has not this one. */
  readonly file: string | undefined;
}

export const composes: readonly Compose[] = [
  { name: 'docker compose', file: plugin },
  { name: 'docker-compose', file: findOnPath('docker-compose', path) },
];

/** A daemon of its own with the test's image, no network and no rule in the host's firewall. */
export async function startDockerDaemon() {
  const home = await mkdtemp(join(tmpdir(), 'dockerd-'));
  const host = `unix://${home}/docker.sock`;
  const isolated = ['--iptables=false', '--ip6tables=false', '--bridge=none'];
  const places = ['--data-root', `${home}/data`, '--exec-root', `${home}/exec`];
  const options = ['-H', host, '-p', `${home}/pid`, '--storage-driver=vfs'];
  const log = join(home, 'log');
  const start = async () => {
    await rm(log, { force: true });
    const started = await startLifeline('dockerd', [...options, ...isolated, ...places], { log });
    await untilItListens(started, log);
    return started;
  };
  let daemon = await start();
  await makeImage(home, host);

  return {
    host,
    /** As when its machine starts anew. */
    async restart() {
      await daemon.stop();
      daemon = await start();
    },
    async stop() {
      removeNetworks(host);
      await daemon.stop();
      // A mount that the daemon leaves behind, once a container has used the host's network.
      const left = join(home, 'exec/netns/default');
      if (readFileSync('/proc/mounts', 'utf8').includes(left)) execFileSync('umount', [left]);
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** The bridges of a daemon outlive it on the host, and stand in the way of the networks of others. */
function removeNetworks(host: string): void {
  const ask = (...words: string[]) =>
    execFileSync(docker!, ['-H', host, ...words], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean);
  const left = ask('ps', '-aq');
  if (left.length > 0) ask('rm', '-f', ...left);
  const networks = ask('network', 'ls', '-q', '--filter', 'type=custom');
  if (networks.length > 0) ask('network', 'rm', ...networks);
}

/** A directory that has, first on PATH, docker and one Compose only. */
export async function binWith({ name, file }: Compose): Promise<string> {
  const bin = await mkdtemp(join(tmpdir(), 'docker-bin-'));
  await symlink(docker!, join(bin, 'docker'));
  await mkdir(join(bin, 'cli-plugins'));
  if (name === 'docker compose') await symlink(file!, join(bin, 'cli-plugins/docker-compose'));
  return bin;
}

export function containers(): string[] {
  return execFileSync(docker!, ['ps', '-aq'], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

async function untilItListens(daemon: Lifeline, log: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if ((await readFile(log, 'utf8')).includes('API listen on')) return;
    if (await Promise.race([daemon.ended, sleep(100)])) break;
  }
  await daemon.stop();
  throw new Error(`dockerd does not start: ${(await readFile(log, 'utf8')).slice(-2000)}`);
}

async function makeImage(home: string, host: string): Promise<void> {
  const root = join(home, 'root');
  await mkdir(join(root, 'bin'), { recursive: true });
  execFileSync('cp', [busybox!, join(root, 'bin/busybox')]);
  for (const name of ['sh', 'sleep']) await symlink('busybox', join(root, 'bin', name));
  execFileSync('tar', ['-cf', `${home}/root.tar`, '-C', root, '.']);
  execFileSync(docker!, ['-H', host, 'import', `${home}/root.tar`, IMAGE]);
}

function findOnPath(name: string, places: string[]): string | undefined {
  return places.map((place) => join(place, name)).find((file) => existsSync(file));
}
