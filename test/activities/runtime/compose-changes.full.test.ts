import { execFileSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { noteRenewal } from '../../../src/state/renewal.ts';
import { targetIn, test as base } from '../../support/target.ts';
import { CHANGES, FILES, inspect, untilRestarts } from './support/changed-project.ts';
import { IMAGE } from './support/compose-project.ts';
import { canRunDocker, composes, containers, docker } from './support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from './support/use-docker.ts';

type Runtime = Extract<SqliteTarget['runtime'], { kind: 'compose' }>;

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('a container that is there (needs root and dockerd)', () => {
  useDockerDaemon(() => {
    execFileSync(docker!, ['tag', IMAGE, `${IMAGE}:other`]);
  });

  for (const compose of composes)
    // Skipped where this machine has not this Compose.
    describe.skipIf(!compose.file)(`by ${compose.name}`, () => {
      useCompose(compose);

      interface World {
        write: (files: Record<string, string>) => Promise<void>;
        /** What its people type in its directory. */
        byHand: (...args: string[]) => void;
        runtime: (more?: Partial<Runtime>) => Promise<Activities>;
      }
      const test = base.extend<World>({
        write: async ({ directory }, use) => {
          await use(async (files) => {
            for (const [name, text] of Object.entries(files))
              await writeFile(join(directory, name), text);
          });
        },
        byHand: async ({ directory }, use) => {
          const [command, ...before] =
            compose.name === 'docker compose' ? [docker!, 'compose'] : [compose.file!];
          await use((...args) => {
            execFileSync(command, [...before, ...args], { cwd: directory, stdio: 'pipe' });
          });
        },
        runtime: async ({ directory, write }, use) => {
          await mkdir(join(directory, 'disk2'));
          await write(FILES);
          await use((more) => runtimeIn(directory, more));
          vi.unstubAllEnvs();
          for (const id of containers()) execFileSync(docker!, ['rm', '-fv', id]);
        },
      });

      test('comes back as its override, profile and environment file made it', async ({
        directory,
        runtime,
        byHand,
      }) => {
        const flags = ['-p', 'shop', '--profile', 'tools', '--env-file', 'production.env'];
        byHand(...flags, 'up', '-d', '--no-build');
        const app = await runtime({
          project: 'shop',
          profiles: ['tools'],
          envFile: 'production.env',
        });
        const before = inspect('app');

        const seen = await app.describe();
        await app.stop();
        const started = await app.start();

        expect(seen.running).toBe(true);
        expect(started).toEqual({ changed: true, detail: expect.stringMatching(/^running/) });
        expect(inspect('app')).toEqual(before);
        expect(before.mounts).toContain(`${directory}/disk2:/srv/data`);
        expect(before.environment).toContain('TOKEN=of-production');
        expect(Object.keys(before.ports)).toEqual(['8501/tcp']);
      });

      test('is made with the override when there is none, whatever our own environment says', async ({
        directory,
        runtime,
      }) => {
        const app = await runtime();
        vi.stubEnv('COMPOSE_FILE', 'docker-compose.yml');
        vi.stubEnv('COMPOSE_PROJECT_NAME', 'another');
        vi.stubEnv('COMPOSE_PROFILES', 'tools');

        await app.start();

        const made = inspect('app');
        expect(made.mounts).toContain(`${directory}/disk2:/srv/data`);
        expect(made.environment).toContain('TOKEN=of-dot-env');
        expect(made.project).not.toBe('another');
        expect(await app.describe()).toMatchObject({ running: true });
      });

      test('is made of the files that COMPOSE_FILE in .env names', async ({
        directory,
        runtime,
        write,
      }) => {
        const names = ['docker-compose.yml', 'docker-compose.override.yml'];
        await write({ '.env': `COMPOSE_FILE=deploy/a.yml:deploy/b.yml\n` });
        await mkdir(join(directory, 'deploy'));
        await write({
          'deploy/a.yml': FILES[names[0] as keyof typeof FILES],
          'deploy/b.yml': FILES[names[1] as keyof typeof FILES],
        });
        for (const name of names) await rm(join(directory, name));
        const app = await runtime();

        await app.start();

        expect(inspect('app').environment).toContain('MODE=production');
      });

      for (const [what, change, told] of CHANGES)
        test(`stays as it was made when somebody changed ${what}`, async ({
          runtime,
          byHand,
          write,
        }) => {
          const app = await runtime();
          byHand('up', '-d', '--no-build', 'app');
          const before = inspect('app');
          await app.stop();
          await write(change);

          const { note = '' } = await app.start();

          expect(inspect('app')).toEqual(before);
          for (const text of told) expect(note).toMatch(text);
          expect(note).not.toContain('s3cret');
        });

      test('is made anew once, when a run has changed its configuration, and keeps its volumes', async ({
        directory,
        runtime,
        byHand,
        write,
      }) => {
        const app = await runtime();
        byHand('up', '-d', '--no-build', 'app');
        const before = inspect('app');
        await app.stop();
        await write({ '.env': 'TOKEN=restored\n' });
        noteRenewal({ state: join(directory, '.runbook') });

        const started = await app.start();
        const made = inspect('app');
        await app.stop();
        await write({ '.env': 'TOKEN=by-somebody\n' });
        const again = await app.start();

        expect(started.note).toBe(
          'Made anew, because a run changed this: "app": variable TOKEN has another value',
        );
        expect(made.environment).toContain('TOKEN=restored');
        expect(made.mounts).toEqual(before.mounts);
        expect(made.id).not.toBe(before.id);
        expect(inspect('app')).toEqual(made);
        expect(again.note).toContain('variable TOKEN has another value');
      });

      test('that restarts again and again is not running, and comes up at once when it is cured', async ({
        directory,
        runtime,
        byHand,
        write,
      }) => {
        await write({
          'docker-compose.yml': `version: "3"
services:
  app:
    image: ${IMAGE}
    network_mode: none
    restart: always
    volumes: ["./data:/srv/data"]
    command: [sh, -c, "[ -e /srv/data/cured ] && exec sleep 300; exit 7"]
`,
          'docker-compose.override.yml': 'version: "3"\nservices: { app: {} }\n',
        });
        const app = await runtime();
        byHand('up', '-d', '--no-build', 'app');
        await untilRestarts(6);

        const looping = await app.describe();
        await writeFile(join(directory, 'data/cured'), '');
        const begin = performance.now();
        const started = await app.start();
        const elapsed = performance.now() - begin;

        expect(looping).toEqual({
          running: false,
          restarting: true,
          startsAgain: expect.stringContaining('"restart: always"'),
          detail: expect.stringMatching(/^restarts again and again \(.*restarted \d+ times/),
        });
        expect(started).toMatchObject({ changed: true });
        expect(await app.describe()).toMatchObject({ running: true });
        // Docker waits 6.4 s before the next start, and longer before each one after it.
        expect(started.detail).toMatch(/^running/);
        expect(elapsed).toBeLessThan(60_000);
      });
    });
});

type Activities = Awaited<ReturnType<typeof runtimeIn>>;

/** Which Compose there is, is looked for once a process: here, once a call. */
async function runtimeIn(directory: string, more: Partial<Runtime> = {}) {
  vi.resetModules();
  const { runtimeActivities } =
    await import('../../../src/activities/runtime/runtime-activities.ts');
  return runtimeActivities(
    targetIn(directory, {
      runtime: { kind: 'compose', service: 'app', stopGrace: '1s', ...more },
    }),
  );
}
