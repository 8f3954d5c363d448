import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, vi } from 'vitest';
import { targetIn, test as base } from '../../support/target.ts';
import { PROJECT } from './support/compose-project.ts';
import { canRunDocker, composes, containers, docker } from './support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from './support/use-docker.ts';

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('a compose runtime (needs root, dockerd and busybox)', () => {
  useDockerDaemon();

  for (const compose of composes)
    // Skipped where this machine has not this Compose.
    describe.skipIf(!compose.file)(`by ${compose.name}`, () => {
      useCompose(compose);

      const test = base.extend<{
        runtimeOf: (service: string, stopGrace?: string) => ReturnType<typeof composeIn>;
      }>({
        runtimeOf: async ({ directory }, use) => {
          await writeFile(join(directory, 'docker-compose.yml'), PROJECT);
          await use((service, stopGrace = '5s') => composeIn(directory, service, stopGrace));
          vi.unstubAllEnvs();
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
        expect(idle).toEqual({ changed: false, begunAt: stopped.begunAt, evidence: [] });
        expect(back.changed).toBe(true);
        expect(containers()).toHaveLength(1);
      });

      test('kills after its grace what does not hear TERM', async ({ runtimeOf }) => {
        const deaf = await runtimeOf('deaf', '2s');
        await deaf.start();
        const begin = performance.now();

        await deaf.stop();

        expect(performance.now() - begin).toBeGreaterThan(1900);
        expect(performance.now() - begin).toBeLessThan(60_000);
        expect(await deaf.describe()).toEqual({ running: false, detail: 'exited (exit code 137)' });
      });

      test('holds its service still until it goes on, and stops one that is held', async ({
        runtimeOf,
      }) => {
        const app = await runtimeOf('app');
        await app.start();

        const frozen = await app.freeze();
        await app.freeze();
        const held = pausedOnes();
        await app.start();
        const going = pausedOnes();
        await app.freeze();
        await app.stop();

        expect(frozen).toEqual({ changed: true });
        expect([held, going]).toEqual([1, 0]);
        expect(await app.describe()).toMatchObject({ running: false });
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

        expect(await loops.describe()).toEqual({
          running: false,
          startsAgain: expect.stringMatching(
            /^The container of service "loops" has "restart: always": /,
          ),
          detail: 'exited (exit code 7)',
        });
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
        vi.stubEnv('DOCKER_HOST', 'unix:///nonexistent/docker.sock');

        const describing = app.describe();

        await expect(describing).rejects.toMatchObject({
          type: 'DockerUnreachable',
          nonRetryable: false,
        });
      });
    });
});

/** Which Compose there is, is looked for once a process: here, once a call. */
async function composeIn(directory: string, service: string, stopGrace: string) {
  vi.resetModules();
  const { runtimeActivities } =
    await import('../../../src/activities/runtime/runtime-activities.ts');
  return runtimeActivities(
    targetIn(directory, {
      runtime: {
        kind: 'compose',
        file: 'docker-compose.yml',
        service,
        stopGrace,
        environment: [],
        profiles: [],
      },
    }),
  );
}

function pausedOnes(): number {
  const text = ['ps', '-q', '--filter', 'status=paused'];
  return execFileSync(docker!, text, { encoding: 'utf8' }).split('\n').filter(Boolean).length;
}
