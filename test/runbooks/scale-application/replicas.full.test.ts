import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { onProject } from '../../../src/activities/runtime/compose/project.ts';
import type { ComposeRuntime } from '../../../src/config/schema/runtime.ts';
import { canRunDocker, composes } from '../../activities/runtime/support/docker-daemon.ts';
import { ask, overrideIn } from '../../activities/runtime/support/replicated-users.ts';
import {
  PORTS,
  replicaIds,
  test,
  upstreamOf,
} from '../../activities/runtime/support/replicated-world.ts';
import { useCompose, useDockerDaemon } from '../../activities/runtime/support/use-docker.ts';
import { broken } from '../../support/broken.ts';
import { hasNginx } from '../../support/nginx.ts';
import { noteOf, stateOf } from '../../support/maintenance.ts';
import { whyNoPostgres } from '../../support/postgres.ts';

const RUNBOOK = 'scale-application';
const whyNot = whyNoPostgres ?? (hasNginx ? undefined : 'nginx is not installed');

/** Skipped where this is not root, or docker, dockerd, busybox, nginx or PostgreSQL is missing. */
describe.skipIf(!canRunDocker || whyNot !== undefined)(
  'replicas of scale-application (needs dockerd, nginx, PostgreSQL)',
  () => {
    useDockerDaemon();

    for (const compose of composes)
      // Skipped where this machine has not this Compose.
      describe.skipIf(!compose.file)(`by ${compose.name}`, () => {
        useCompose(compose);

        test('come one by one, go one by one, and no user is refused meanwhile', async ({
          world,
          runs,
        }) => {
          const [first] = replicaIds(world);
          const users = ask(world);

          const { ending: grown } = await runs.run(RUNBOOK, { replicas: '3' });
          await sleep(500);
          const { refused, by } = await users.stop();

          expect([grown.failure?.message, grown.outcome]).toEqual([undefined, 'done']);
          expect(grown.output).toMatchObject({ scaled: true, replicas: 3 });
          expect([refused, by.size]).toEqual([[], 3]);
          expect(replicaIds(world)).toHaveLength(3);
          expect(replicaIds(world)[0]).toBe(first);
          expect(new Set(upstreamOf(world)).size).toBe(3);
          expect(overrideIn(world)).toMatch(/scale"?: 3/);
          await onProject(world.directory, world.runtime as ComposeRuntime)(
            ['up', '-d', '--no-build'],
            60_000,
          );
          expect(replicaIds(world)).toHaveLength(3);

          // By hand Compose may make one anew, on another port: the next run tells the proxy.
          const { ending: told } = await runs.run(RUNBOOK, { replicas: '3' });
          expect([told.failure?.message, told.outcome]).toEqual([undefined, 'done']);
          for (const address of upstreamOf(world))
            expect((await fetch(`http://${address}/`)).status).toBe(200);
          const { ending: same } = await runs.run(RUNBOOK, { replicas: '3' });
          expect(same.output).toEqual({ scaled: false, replicas: 3 });

          const others = ask(world);
          const slow = Promise.all(
            Array.from({ length: 9 }, () => fetch(`${world.proxy!.url}slow`)),
          );
          await sleep(200);
          const { ending: shrunk } = await runs.run(RUNBOOK, { replicas: '1' });
          const after = await others.stop();

          expect([shrunk.failure?.message, shrunk.outcome]).toEqual([undefined, 'done']);
          expect(noteOf(shrunk, 'take')).toMatch(/nobody is connected/);
          expect((await slow).map(({ status }) => status)).toEqual(
            Array.from({ length: 9 }, () => 200),
          );
          expect([after.refused, replicaIds(world).length, upstreamOf(world).length]).toEqual([
            [],
            1,
            1,
          ]);
        });

        test('that do not get healthy get no user, and go again', async ({ world, runs }) => {
          const before = { ids: replicaIds(world), upstream: upstreamOf(world) };
          world.app.ready = { within: '3s', every: '200ms' };
          writeFileSync(join(world.directory, 'ill'), '');
          const users = ask(world);

          const { ending } = await runs.run(RUNBOOK, { replicas: '2' });
          const { refused, by } = await users.stop();

          expect(ending).toMatchObject({
            outcome: 'undone',
            left: [],
            failure: { type: 'NotReady' },
          });
          expect(ending.failure?.message).toMatch(
            /from replica 2 \(127\.0\.0\.1:\d+\) within 3s: got 503/,
          );
          expect([refused, by.size]).toEqual([[], 1]);
          expect({ ids: replicaIds(world), upstream: upstreamOf(world) }).toEqual(before);
          expect(overrideIn(world)).toBeUndefined();
        });

        test('that were persisted are as many as before when the application does not work with them', async ({
          world,
          runs,
        }) => {
          const before = replicaIds(world);

          const { ending } = await runs.run(
            RUNBOOK,
            { replicas: '2' },
            {
              around: async (activity, work) => {
                if (activity === 'app.prove') throw broken('The page fails', 'NotFunctional');
                return work();
              },
            },
          );

          expect(ending).toMatchObject({ outcome: 'undone', left: [] });
          expect([replicaIds(world), upstreamOf(world).length, overrideIn(world)]).toEqual([
            before,
            1,
            undefined,
          ]);
        });

        test('are reached again after a stop and a start, on whichever ports', async ({
          world,
          systems,
          runs,
        }) => {
          const { ending } = await runs.run(RUNBOOK, { replicas: '2' });
          expect(ending.outcome).toBe('done');
          const before = upstreamOf(world);

          await systems.runtime.stop();
          const { note } = await systems.runtime.start();
          await systems.http.expectReady();

          expect(note ?? '').not.toContain('does not know');
          expect(upstreamOf(world)).not.toEqual(before);
          for (const address of upstreamOf(world))
            expect((await fetch(`http://${address}/`)).status).toBe(200);
        });

        test.for([
          [
            'one fixed port',
            { ports: ['127.0.0.1:29999:8501'] },
            '2',
            /publishes one port of the host, which only one container can have/,
          ],
          [
            'too few ports',
            {},
            `${PORTS + 1}`,
            new RegExp(`publishes ${PORTS} ports, and ${PORTS + 1} replicas need as many`),
          ],
          [
            'a name of its container',
            { container_name: 'shop' },
            '2',
            /has a "container_name", which only one container can have/,
          ],
          [
            'no port',
            { ports: [] },
            '2',
            /publishes no port by which the proxy could tell its replicas apart/,
          ],
        ] as const)(
          'are refused with %s, before anything is changed',
          async ([, change, replicas, why], { world, runs }) => {
            const file = join(world.directory, 'docker-compose.yml');
            const project = JSON.parse(readFileSync(file, 'utf8'));
            Object.assign(project.services.app, change);
            writeFileSync(file, JSON.stringify(project));
            const before = replicaIds(world);

            const { ending } = await runs.run(RUNBOOK, { replicas });

            expect(ending.failure).toMatchObject({
              type: 'NotApplicable',
              message: expect.stringMatching(why),
            });
            expect([replicaIds(world), overrideIn(world)]).toEqual([before, undefined]);
          },
        );

        test('are refused where nothing lets users through to them, or the proxy does not read our file', async ({
          world,
          runs,
        }) => {
          const { proxy } = world;
          Object.assign(world, {
            proxy: {
              ...proxy,
              replicas: { ...proxy!.replicas!, include: join(world.directory, 'unread.conf') },
            },
          });
          const { ending: unread } = await runs.run(RUNBOOK, { replicas: '2' });
          Object.assign(world, { proxy: { ...proxy, replicas: undefined } });
          const { ending: none } = await runs.run(RUNBOOK, { replicas: '2' });

          expect(unread.failure?.message).toMatch(
            /^The proxy does not include ".*unread\.conf": name it in an "upstream"/,
          );
          expect(none.failure).toMatchObject({
            type: 'NotApplicable',
            message: expect.stringContaining('add "proxy.replicas" to its file'),
          });
          expect(replicaIds(world)).toHaveLength(1);
          expect(stateOf(none, 'inspect')).toEqual(['failed']);
        });
      });
  },
);
