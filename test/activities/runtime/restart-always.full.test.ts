import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { lifecycleActivities } from '../../../src/activities/lifecycle/lifecycle-activities.ts';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import { startedSince } from '../../../src/cli/local/status/started-since.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { targetIn, test } from '../../support/target.ts';
import { IMAGE } from './support/compose-project.ts';
import {
  canRunDocker,
  composes,
  containers,
  docker,
  startDockerDaemon,
} from './support/docker-daemon.ts';
import { useCompose } from './support/use-docker.ts';

const LATE = "trap 'sleep 20; exit 0' TERM; while :; do sleep 0.1; done";
const PROJECT = ['always', 'unless-stopped']
  .map(
    (restart) => `  ${restart}:
    image: ${IMAGE}
    network_mode: host
    restart: ${restart}
    command: [sh, -c, "${LATE}"]
`,
  )
  .join('');

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)(
  'a container that Docker starts again (needs root, dockerd and busybox)',
  () => {
    let daemon: Awaited<ReturnType<typeof startDockerDaemon>>;
    let page: Server;

    beforeAll(async () => {
      daemon = await startDockerDaemon();
      process.env['DOCKER_HOST'] = daemon.host;
      page = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
    }, 120_000);
    afterAll(async () => {
      page.close();
      for (const id of containers()) execFileSync(docker!, ['rm', '-f', id]);
      delete process.env['DOCKER_HOST'];
      await daemon.stop();
    });

    const compose = composes.find(({ file }) => file)!;
    useCompose(compose);

    async function of(directory: string, service: string): Promise<SqliteTarget> {
      await writeFile(join(directory, 'docker-compose.yml'), `version: "3"\nservices:\n${PROJECT}`);
      const url = `http://127.0.0.1:${(page.address() as { port: number }).port}/`;
      return targetIn(directory, {
        runtime: { kind: 'compose', service, stopGrace: '1s' },
        app: { url, health: url, timeout: '2s' },
      });
    }

    test('is told before it is stopped on purpose, and when it runs all the same', async ({
      directory,
    }) => {
      const [always, unless] = [
        await of(directory, 'always'),
        await of(directory, 'unless-stopped'),
      ];
      const seen = async () => ({
        always: await runtimeActivities(always).describe(),
        unless: await runtimeActivities(unless).describe(),
      });
      for (const target of [always, unless]) await runtimeActivities(target, 'stop').start();
      const before = await seen();
      for (const target of [always, unless]) await runtimeActivities(target, 'stop').stop();
      await lifecycleActivities(always).recordStopped({
        by: 'ops-1',
        because: 'a move',
        at: new Date(Date.now() - 3_600_000).toISOString(),
        run: 'stop',
      });

      const stopped = await startedSince(always);
      await daemon.restart();
      await expect.poll(async () => (await seen()).always.running, { timeout: 60_000 }).toBe(true);
      const after = { ...(await seen()), since: await startedSince(always) };

      expect(before.always.startsAgain).toMatch(/service "always" has "restart: always": /);
      expect(before.unless).not.toHaveProperty('startsAgain');
      expect(stopped).toBeUndefined();
      expect(after.unless.running).toBe(false);
      expect(after.since).toMatchObject({
        stopped: { by: 'ops-1' },
        startsAgain: before.always.startsAgain,
      });
    });

    test('stays down when it ends after the order to stop was given up', async ({ directory }) => {
      const target = await of(directory, 'always');
      const runtime = runtimeActivities(target, 'stop');
      const record = { by: 'ops-1', because: 'a move', at: new Date().toISOString(), run: 'stop' };
      const hold = { until: '2999-01-05T02:00:00.000Z', why: 'a move', tell: 'Is it to run?' };
      await runtime.start();

      const hangs = await runtime.stop({ gently: true }).catch(({ type }) => type as string);
      const settled = await lifecycleActivities(target).settleStop(record, hold);
      await expect
        .poll(async () => (await runtime.describe()).running, { timeout: 120_000 })
        .toBe(false);
      const kept = await runtime.start();

      expect(hangs).toBe('StopHangs');
      expect(settled).toMatchObject({ ordered: true, ended: false });
      expect(kept).toMatchObject({
        changed: false,
        contained: { note: expect.stringMatching(/^Stopped on purpose by ops-1/) },
      });
    });
  },
);
