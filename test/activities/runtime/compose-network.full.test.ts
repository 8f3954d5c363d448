import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createSystems } from '../../../src/activities/index.ts';
import type { ComposeRuntime } from '../../../src/config/schema/runtime.ts';
import { targetIn, test as base } from '../../support/target.ts';
import { inspect } from './support/changed-project.ts';
import { IMAGE } from './support/compose-project.ts';
import { canRunDocker, composes, containers, docker } from './support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from './support/use-docker.ts';

const PROJECT = `version: "3"
services:
  app:
    image: ${IMAGE}
    environment: { LEVEL: "1" }
    command: [sleep, "300"]
  other:
    image: ${IMAGE}
    command: [sleep, "300"]
`;

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('a container whose network was removed (needs dockerd)', () => {
  useDockerDaemon();

  for (const compose of composes)
    // Skipped where this machine has not this Compose.
    describe.skipIf(!compose.file)(`by ${compose.name}`, () => {
      useCompose(compose);

      const test = base.extend<{ app: ReturnType<typeof createSystems>['runtime'] }>({
        app: async ({ directory }, use) => {
          await writeFile(join(directory, 'docker-compose.yml'), PROJECT);
          const runtime: ComposeRuntime = {
            kind: 'compose',
            service: 'app',
            stopGrace: '1s',
            environment: [],
            profiles: [],
          };
          await use(createSystems(targetIn(directory, { runtime }), 'test').runtime);
          for (const id of containers()) execFileSync(docker!, ['rm', '-f', id]);
          for (const name of networks()) execFileSync(docker!, ['network', 'rm', name]);
        },
      });

      test('is made anew on another one, and nothing else is touched', async ({ app }) => {
        await app.start();
        const before = inspect('app');
        await app.stop();
        removeNetworks();

        const started = await app.start();

        const { id, ...after } = inspect('app');
        expect(started).toMatchObject({ changed: true });
        expect(id).not.toBe(before.id);
        expect(after).toEqual({ ...before, id: undefined });
        expect(containers()).toHaveLength(1);
        expect(networks()).toHaveLength(1);
      });

      test('stays down where that would change it besides: that is for people', async ({
        app,
        directory,
      }) => {
        await app.start();
        const before = inspect('app');
        await app.stop();
        removeNetworks();
        const file = join(directory, 'docker-compose.yml');
        await writeFile(file, PROJECT.replace('LEVEL: "1"', 'LEVEL: "2"'));

        const refused = await app.start().catch((error: Error) => error);

        expect(refused).toMatchObject({ message: expect.stringMatching(/network \S+ not found/) });
        expect(inspect('app')).toEqual(before);
      });
    });
});

function removeNetworks(): void {
  for (const name of networks()) execFileSync(docker!, ['network', 'rm', name]);
}

/** Those that Compose has made. */
function networks(): string[] {
  const args = ['network', 'ls', '-q', '--filter', 'label=com.docker.compose.network'];
  return execFileSync(docker!, args, { encoding: 'utf8' }).split('\n').filter(Boolean);
}
