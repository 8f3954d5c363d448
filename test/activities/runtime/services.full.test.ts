import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { targetIn, test as base } from '../../support/target.ts';
import { IMAGE } from './support/compose-project.ts';
import { canRunDocker, composes, containers, docker } from './support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from './support/use-docker.ts';

const service = (more: string) =>
  `\n    image: ${IMAGE}\n    network_mode: host\n    command: [sleep, "300"]${more}`;
/** The application needs its cache, which needs its disk; its proxy needs the application. */
const PROJECT = `services:
  app:${service('\n    depends_on: [cache]')}
  proxy:${service('\n    depends_on: [app]')}
  cache:${service('\n    depends_on: [disk]')}
  disk:${service('')}
`;
const FAILING = `${PROJECT}  broken:${service('').replace('[sleep, "300"]', '[sh, -c, "exit 7"]')}\n`;

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('services beside the application (needs root and dockerd)', () => {
  useDockerDaemon();

  for (const compose of composes)
    // Skipped where this machine has not this Compose.
    describe.skipIf(!compose.file)(`by ${compose.name}`, () => {
      useCompose(compose);

      const test = base.extend<{ systems: (project: string) => Promise<Systems> }>({
        systems: async ({ directory }, use) => {
          await use((project) => systemsIn(directory, project));
          for (const id of containers()) execFileSync(docker!, ['rm', '-f', id]);
        },
      });

      test(
        'start what the application needs before it, and all others after it',
        { timeout: 120_000 },
        async ({ systems }) => {
          const { services, runtime } = await systems(PROJECT);

          const needed = await services.start('needed');
          const again = await services.start('needed');
          const app = await runtime.describe();
          const others = await services.start('others');
          const running = await services.running();
          const stopped = await services.stopExcept(['cache']);

          expect(needed.names.toSorted()).toEqual(['cache', 'disk']);
          expect(again).toEqual({
            changed: false,
            names: [],
            note: 'None had to be started',
          });
          expect(app.running).toBe(false);
          expect(others).toMatchObject({ names: ['proxy'], note: 'Started proxy' });
          expect(running.names.toSorted()).toEqual(['cache', 'disk', 'proxy']);
          expect(stopped.changed).toBe(true);
          expect(await services.running()).toEqual({ names: ['cache'] });
        },
      );

      test('name the one that does not stay up', { timeout: 120_000 }, async ({ systems }) => {
        const { services } = await systems(FAILING);

        await expect(services.start('others')).rejects.toMatchObject({
          type: 'StartFailed',
          message: expect.stringMatching(/^Service "broken" does not run: .*exit code 7\)$/),
        });
      });
    });
});

type Systems = Awaited<ReturnType<typeof systemsIn>>;

/** Which Compose there is, is looked for once a process: here, once a call. */
async function systemsIn(directory: string, project: string) {
  await writeFile(join(directory, 'docker-compose.yml'), project);
  vi.resetModules();
  const { serviceActivities } =
    await import('../../../src/activities/runtime/services-activities.ts');
  const { runtimeActivities } =
    await import('../../../src/activities/runtime/runtime-activities.ts');
  const runtime: SqliteTarget['runtime'] = {
    kind: 'compose',
    file: 'docker-compose.yml',
    service: 'app',
    stopGrace: '2s',
    environment: [],
    profiles: [],
  };
  const target = targetIn(directory, { runtime });
  return { services: serviceActivities(target), runtime: runtimeActivities(target) };
}
