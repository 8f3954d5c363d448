import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import type { Ending } from '../../src/engine/run/ending.ts';
import { permanent } from '../../src/os/failure.ts';
import { inspect } from '../activities/runtime/support/changed-project.ts';
import { IMAGE } from '../activities/runtime/support/compose-project.ts';
import {
  canRunDocker,
  composes,
  containers,
  docker,
} from '../activities/runtime/support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from '../activities/runtime/support/use-docker.ts';
import { test as base } from '../support/run.ts';
import { takeBackup } from '../support/take-backup.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
/** What Node needs of this machine, so that the application in the container is a real one. */
const libraries = ['/usr/lib', '/usr/lib64'].filter(existsSync);
const FLAGS = ['-p', 'shop', '--profile', 'live', '--env-file', 'live.env'];

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('a recovery of a Compose project (needs root and dockerd)', () => {
  useDockerDaemon();

  for (const compose of composes)
    // Skipped where this machine has not this Compose.
    describe.skipIf(!compose.file)(`by ${compose.name}`, () => {
      useCompose(compose);

      const test = base.extend<{ shop: SqliteTarget; backups: Partial<SqliteTarget['backups']> }>({
        backups: { daily: { files: ['live.env'], keep: '30d' } },
        shop: async ({ world, systems }, use) => {
          await systems.runtime.stop();
          await writeProject(world);
          up(world);
          await use(world);
          for (const id of containers()) execFileSync(docker!, ['rm', '-fv', id]);
        },
      });

      /** As its people type it. */
      function up({ directory }: SqliteTarget): void {
        const [command, ...before] =
          compose.name === 'docker compose' ? [docker!, 'compose'] : [compose.file!];
        const args = [...before, ...FLAGS, 'up', '-d', '--no-build'];
        execFileSync(command, args, { cwd: directory, stdio: 'pipe' });
      }

      test('leaves the containers as its override, profile and environment file made them', async ({
        shop,
        runs,
      }) => {
        const backup = await takeBackup(shop);
        await change(shop, 'docker-compose.override.yml', ['production', 'changed-by-somebody']);
        const before = SERVICES.map(inspect);

        const { ending } = await runs.run('database-recovery', { backup });

        expect(ending).toMatchObject({ outcome: 'done' });
        expect(SERVICES.map(inspect)).toEqual(before);
        expect(noteOf(ending, 'start')).toMatch(
          /^It stays as it was made, and Compose would change this now: "app": variable MODE has another value/,
        );
      });

      test('makes the container anew of what it brought, and gives back what ran before when that does not work', async ({
        shop,
        runs,
      }) => {
        const backup = await takeBackup(shop, { files: true });
        await change(shop, 'live.env', ['LEVEL=1', 'LEVEL=2']);
        up(shop);
        const before = SERVICES.map(inspect);
        let seen: typeof before = [];

        const { ending } = await runs.run(
          'system-recovery',
          { backup },
          {
            around: async (activity, work) => {
              if (activity !== 'app.prove') return work();
              seen = SERVICES.map(inspect);
              throw permanent('NotFunctional', 'It does not work');
            },
          },
        );

        expect(ending).toMatchObject({ outcome: 'undone' });
        for (const index of [0, 1]) {
          expect(before[index]!.environment).toContain('LEVEL=2');
          expect(seen[index]!.environment).toContain('LEVEL=1');
          expect(seen[index]!.mounts).toEqual(before[index]!.mounts);
        }
        expect(SERVICES.map(inspect).map(withoutId)).toEqual(before.map(withoutId));
      });
    });
});

const SERVICES = ['app', 'cache', 'tool'];

/** The same application as before, in a container, with all that Compose lets people say elsewhere than in its file. */
async function writeProject(world: SqliteTarget): Promise<void> {
  const { directory, runtime } = world;
  if (runtime.kind !== 'process') throw new Error('Expected a process');
  const places = new Set([project, dirname(process.execPath)]);
  const volumes = [
    ...[...places].map((place) => `${place}:${place}:ro`),
    ...libraries.map((place) => `${place}:${place.slice('/usr'.length)}:ro`),
  ];
  const plain = `image: ${IMAGE}\n    network_mode: host\n    command: [sleep, "300"]`;
  const files = {
    'docker-compose.yml': `version: "3.9"
services:
  app:
    image: ${IMAGE}
    network_mode: host
    pid: host
    stop_grace_period: 10s
    command: ${JSON.stringify(runtime.command)}
    volumes: ${JSON.stringify([...volumes, 'kept:/srv/kept'])}
  cache:
    ${plain}
  tool:
    ${plain}
    profiles: [live]
volumes: { kept: {} }
`,
    'docker-compose.override.yml': `version: "3.9"
services:
  app:
    environment: { MODE: production, LEVEL: "\${LEVEL:-none}" }
    volumes: ["${directory}:${directory}"]
  cache:
    environment: { LEVEL: "\${LEVEL:-none}" }
`,
    'live.env': 'LEVEL=1\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  Object.assign(world, {
    runtime: {
      kind: 'compose',
      service: 'app',
      project: 'shop',
      profiles: ['live'],
      envFile: join(directory, 'live.env'),
      stopGrace: '10s',
      environment: [],
    } satisfies SqliteTarget['runtime'],
  });
}

async function change({ directory }: SqliteTarget, name: string, [from, to]: [string, string]) {
  const text = await readFile(join(directory, name), 'utf8');
  await writeFile(join(directory, name), text.replace(from, to));
}

function withoutId(container: ReturnType<typeof inspect>) {
  return { ...container, id: undefined };
}

function noteOf({ ledger }: Ending, step: string): string {
  return ledger.find(({ id }) => id === step)?.note ?? '';
}
