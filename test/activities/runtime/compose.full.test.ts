import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { targetIn, test as base } from '../../support/target.ts';

const IMAGE = 'durable-runbooks-test/busybox';
const path = process.env['PATH']!;

const docker = findOnPath('docker', ['/usr/bin', ...path.split(':')]);
const busybox = findOnPath('busybox', path.split(':'));
const canRunDocker =
  process.getuid?.() === 0 && docker && busybox && findOnPath('dockerd', path.split(':'));
/** The plugin that `docker compose` needs; built from its Go module where no package has it. */
const plugin = [
  process.env['RUNBOOK_COMPOSE_PLUGIN'],
  '/usr/libexec/docker/cli-plugins/docker-compose',
  '/usr/lib/docker/cli-plugins/docker-compose',
  '/usr/local/lib/docker/cli-plugins/docker-compose',
].find((file) => file && existsSync(file));
const old = findOnPath('docker-compose', path.split(':'));

/** `other` must never be touched by what is done to `app`. */
const PROJECT = `services:
  app:
    image: ${IMAGE}
    network_mode: host
    depends_on: [other]
    command: [sh, -c, "echo up; trap 'echo bye; exit 0' TERM; while :; do sleep 0.1; done"]
  other:
    image: ${IMAGE}
    network_mode: host
    command: [sleep, "300"]
  deaf:
    image: ${IMAGE}
    network_mode: host
    command: [sh, -c, "trap '' TERM; while :; do sleep 0.1; done"]
  dies:
    image: ${IMAGE}
    network_mode: host
    command: [sh, -c, "echo postgres://me:secret@db refused; exit 7"]
  loops:
    image: ${IMAGE}
    network_mode: host
    restart: always
    command: [sh, -c, "echo again; exit 7"]
  absent:
    image: durable-runbooks-test/absent
    network_mode: host
`;

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('a compose runtime (needs root, dockerd and busybox)', () => {
  let daemon: ChildProcess;
  let home: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'dockerd-'));
    daemon = await startDaemon(home);
    process.env['DOCKER_HOST'] = `unix://${home}/docker.sock`;
    await makeImage(home);
  }, 120_000);

  afterAll(async () => {
    daemon.kill('SIGTERM');
    await once(daemon, 'exit');
    delete process.env['DOCKER_HOST'];
    // A mount that the daemon leaves behind.
    execFileSync('umount', [join(home, 'exec/netns/default')]);
    await rm(home, { recursive: true, force: true });
  });

  const composes = [
    { name: 'docker compose', there: plugin },
    { name: 'docker-compose', there: old },
  ];
  for (const { name, there } of composes)
    // Skipped where this machine has not this Compose.
    describe.skipIf(!there)(`by ${name}`, () => {
      let bin: string;

      beforeAll(async () => {
        bin = await mkdtemp(join(tmpdir(), 'docker-bin-'));
        await symlink(docker!, join(bin, 'docker'));
        await mkdir(join(bin, 'cli-plugins'));
        if (name === 'docker compose')
          await symlink(plugin!, join(bin, 'cli-plugins/docker-compose'));
        process.env['DOCKER_CONFIG'] = bin;
        process.env['PATH'] = `${bin}:${path}`;
      });
      afterAll(async () => {
        process.env['PATH'] = path;
        delete process.env['DOCKER_CONFIG'];
        await rm(bin, { recursive: true });
      });

      const test = base.extend<{
        runtimeOf: (service: string, stopGrace?: string) => ReturnType<typeof composeIn>;
      }>({
        runtimeOf: async ({ directory }, use) => {
          await writeFile(join(directory, 'docker-compose.yml'), PROJECT);
          await use((service, stopGrace = '5s') => composeIn(directory, service, stopGrace));
          for (const id of containers()) execFileSync(docker!, ['rm', '-f', id]);
        },
      });

      test('starts its service only, stops it by TERM, and starts it again', async ({
        runtimeOf,
      }) => {
        const app = await runtimeOf('app');
        const other = await runtimeOf('other');
        expect(await app.describe()).toEqual({ running: false, detail: 'No container' });

        const started = await app.start();
        const again = await app.start();
        const stopped = await app.stop();
        const logs = await app.logs(2);
        const idle = await app.stop();
        const back = await app.start();

        expect(started).toEqual({
          changed: true,
          detail: expect.stringMatching(/^running \(pid \d+, started 20/),
        });
        expect(again).toEqual({ changed: false, detail: started.detail });
        expect(await other.describe()).toEqual({ running: false, detail: 'No container' });
        expect(stopped.changed).toBe(true);
        expect(logs.lines).toEqual([
          expect.stringMatching(/\bup$/),
          expect.stringMatching(/\bbye$/),
        ]);
        expect(idle).toEqual({ changed: false, begunAt: stopped.begunAt });
        expect(back.changed).toBe(true);
        expect(containers()).toHaveLength(1);
      });

      test('kills after its grace what does not hear TERM', async ({ runtimeOf }) => {
        const deaf = await runtimeOf('deaf', '2s');
        await deaf.start();
        const begin = performance.now();

        await deaf.stop();

        expect(performance.now() - begin).toBeGreaterThan(1900);
        expect(performance.now() - begin).toBeLessThan(9000);
        expect(await deaf.describe()).toEqual({ running: false, detail: 'exited (exit code 137)' });
      });

      test('tells exit code and last lines of a service that ends at once', async ({
        runtimeOf,
      }) => {
        const dies = await runtimeOf('dies');

        await expect(dies.start()).rejects.toMatchObject({
          type: 'StartFailed',
          nonRetryable: false,
          message: expect.stringMatching(
            /^Service "dies" ended at once \(exited \(exit code 7\)\); its last lines: .*postgres:\/\/\*\*\*@db refused$/,
          ),
        });
      });

      test('stops a service that starts again and again', async ({ runtimeOf }) => {
        const loops = await runtimeOf('loops');
        await loops.start().catch(() => {});

        await loops.stop();
        await sleep(1500);

        expect(await loops.describe()).toEqual({ running: false, detail: 'exited (exit code 7)' });
      });

      test('never pulls an image', async ({ runtimeOf }) => {
        const absent = await runtimeOf('absent');

        await expect(absent.start()).rejects.toMatchObject({
          type: 'ImageMissing',
          nonRetryable: true,
        });
      });

      test('names a service that the file does not have', async ({ runtimeOf }) => {
        const typo = await runtimeOf('typo');

        await expect(typo.describe()).rejects.toMatchObject({
          type: 'ServiceUnknown',
          nonRetryable: true,
        });
      });

      test('waits for a daemon that does not answer', async ({ runtimeOf }) => {
        const app = await runtimeOf('app');
        const host = process.env['DOCKER_HOST'];
        process.env['DOCKER_HOST'] = 'unix:///nonexistent/docker.sock';

        const describing = app.describe();

        await expect(describing).rejects.toMatchObject({
          type: 'DockerUnreachable',
          nonRetryable: false,
        });
        process.env['DOCKER_HOST'] = host;
      });
    });

  function containers(): string[] {
    return execFileSync(docker!, ['ps', '-aq'], { encoding: 'utf8' }).split('\n').filter(Boolean);
  }
});

/** Which Compose there is, is looked for once a process: here, once a call. */
async function composeIn(directory: string, service: string, stopGrace: string) {
  vi.resetModules();
  const { runtimeActivities } = await import('../../../src/activities/runtime.ts');
  return runtimeActivities(
    targetIn(directory, {
      runtime: { kind: 'compose', file: 'docker-compose.yml', service, stopGrace, environment: [] },
    }),
  );
}

/** A daemon of its own: no network of its own, no rule in the host's firewall. */
async function startDaemon(home: string): Promise<ChildProcess> {
  const options = [
    '--iptables=false',
    '--ip6tables=false',
    '--bridge=none',
    '--storage-driver=vfs',
  ];
  const places = [
    '-H',
    `unix://${home}/docker.sock`,
    '--data-root',
    `${home}/data`,
    '--exec-root',
    `${home}/exec`,
    '-p',
    `${home}/pid`,
  ];
  const daemon = spawn('dockerd', [...options, ...places], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  daemon.stderr.on('data', (chunk) => (said += String(chunk)));
  for (let tries = 0; tries < 300; tries += 1) {
    if (said.includes('API listen on')) return daemon;
    if (daemon.exitCode !== null) break;
    await sleep(100);
  }
  throw new Error(`dockerd does not start: ${said.slice(-2000)}`);
}

async function makeImage(home: string): Promise<void> {
  const root = join(home, 'root');
  await mkdir(join(root, 'bin'), { recursive: true });
  execFileSync('cp', [busybox!, join(root, 'bin/busybox')]);
  for (const name of ['sh', 'sleep']) await symlink('busybox', join(root, 'bin', name));
  execFileSync('tar', ['-cf', `${home}/root.tar`, '-C', root, '.']);
  execFileSync(docker!, ['import', `${home}/root.tar`, IMAGE]);
}

function findOnPath(name: string, places: string[]): string | undefined {
  return places.map((place) => join(place, name)).find((file) => existsSync(file));
}
