import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { lifecycleActivities } from '../../../src/activities/lifecycle/lifecycle-activities.ts';
import { changedSinceKnownGood } from '../../../src/activities/runtime/known-good/known-good.ts';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import { fill, targetIn, test as base } from '../../support/target.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { IMAGE } from './support/compose-project.ts';
import { canRunDocker, composes, containers, docker } from './support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from './support/use-docker.ts';

/** Deaf to TERM, by a user of its own, with one variable that is set and one that is not. */
const PROJECT = `services:
  app:
    image: ${IMAGE}
    network_mode: host
    user: "1234"
    environment: [HUB_ENV=production, HUB_EMPTY=]
    command: [sh, -c, "trap '' TERM; while :; do sleep 0.1; done"]
`;

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('a service (needs root, dockerd and busybox)', () => {
  useDockerDaemon();

  for (const compose of composes)
    // Skipped where this machine has not this Compose.
    describe.skipIf(!compose.file)(`by ${compose.name}`, () => {
      useCompose(compose);

      const test = base.extend<{ project: SqliteTarget }>({
        project: async ({ directory }, use) => {
          await writeFile(join(directory, 'docker-compose.yml'), PROJECT);
          await writeFile(join(directory, '.env'), 'UNUSED=1\n');
          const environment = ['HUB_ENV', 'HUB_EMPTY', 'HUB_MISSING'];
          const target = targetIn(directory, {
            runtime: { kind: 'compose', service: 'app', stopGrace: '2s', environment },
          });
          fill(target.database.file, 1);
          await use(target);
          for (const id of containers()) execFileSync(docker!, ['rm', '-f', id]);
        },
      });

      test('is compared with what it was known to be good on: image, Compose file and .env', async ({
        project,
        directory,
      }) => {
        const runtime = runtimeActivities(project, 'start-application/test/1');
        await runtime.start();

        const noted = await runtime.noteKnownGood();
        const same = await changedSinceKnownGood(project);
        await writeFile(join(directory, '.env'), 'UNUSED=2\n');
        const file = join(directory, 'docker-compose.yml');
        await writeFile(file, (await readFile(file, 'utf8')).replace('1234', '4321'));
        const changed = await changedSinceKnownGood(project);
        // Its container is of the file from before: that one, which is gone, is what is good.
        const later = await runtimeActivities(project, 'start-application/test/2').noteKnownGood();
        const still = await changedSinceKnownGood(project);

        expect(noted.note).toMatch(/^image [0-9a-f]{12} of ".*busybox", 2 files of configuration$/);
        expect(same).toEqual([]);
        expect(changed).toEqual([
          expect.stringMatching(
            /docker-compose\.yml" was changed since it was known to be good \(/,
          ),
          expect.stringMatching(/\.env" was changed since it was known to be good \(/),
        ]);
        expect(later.note).toMatch(/not its files: they were changed since it was made of them$/);
        expect(still).toEqual(changed);
      });

      test('has its variables and its user judged before there is a container, and after', async ({
        project,
      }) => {
        const lifecycle = lifecycleActivities(project);
        execFileSync('chmod', ['600', project.database.file]);
        const before = (await lifecycle.checkStartup()).lines;
        await runtimeActivities(project).start();
        const after = (await lifecycle.checkStartup()).lines;

        for (const [who, lines] of [
          ['user 1234 of its container', before],
          ['user 1234, as its container runs', after],
        ] as const)
          expect(lines.map(({ state, finding }) => `${state}: ${finding}`)).toEqual([
            expect.stringMatching(
              new RegExp(`^failed: The application \\(${who}\\) may not read `),
            ),
            'not applicable: The target names no logs',
            'failed: HUB_MISSING is not set in the container of service "app": set it in .env or the Compose file, and make the container anew with docker compose up -d',
            'ok: Port 1 is free',
            'not applicable: The target demands none',
            'not applicable: The target names none in "app.python"',
          ]);
      });

      test('is asked to stop, and killed only by who wants that', async ({ project }) => {
        const runtime = runtimeActivities(project);
        await runtime.start();

        const gentle = runtime.stop({ gently: true });

        await expect(gentle).rejects.toMatchObject({ type: 'StopHangs' });
        expect((await runtime.describe()).running).toBe(true);
        await runtime.stop();
        expect((await runtime.describe()).running).toBe(false);
      });
    });
});
