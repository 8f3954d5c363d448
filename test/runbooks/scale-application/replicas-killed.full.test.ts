import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, inject } from 'vitest';
import { canRunDocker, composes, docker } from '../../activities/runtime/support/docker-daemon.ts';
import { ask, overrideIn } from '../../activities/runtime/support/replicated-users.ts';
import { replicaIds, test, upstreamOf } from '../../activities/runtime/support/replicated-world.ts';
import { useCompose, useDockerDaemon } from '../../activities/runtime/support/use-docker.ts';
import { holdersOf, startWorkerProcess } from '../../integration/survive-kill.ts';
import { broken } from '../../support/broken.ts';
import { hasNginx } from '../../support/nginx.ts';
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

        test('are not taken away while one that would stay does not answer', async ({
          world,
          runs,
        }) => {
          await runs.run(RUNBOOK, { replicas: '2' });
          const before = { ids: replicaIds(world), upstream: upstreamOf(world) };
          const override = overrideIn(world);
          world.app.timeout = '1s';
          world.app.ready = { within: '3s', every: '200ms' };
          const send = (signal: string) =>
            execFileSync(docker!, ['kill', '--signal', signal, before.ids[0]!]);
          send('STOP');

          const { ending } = await runs.run(RUNBOOK, { replicas: '1' });
          const after = { ids: replicaIds(world), upstream: upstreamOf(world) };
          send('CONT');

          expect(ending).toMatchObject({
            outcome: 'undone',
            left: [],
            failure: { type: 'NotReady' },
          });
          expect(ending.failure?.message).toMatch(/^Expected 2xx from replica 1 /);
          expect([after, overrideIn(world)]).toEqual([before, override]);
        });

        for (const [activity, input] of [
          ['replicas.start', { replicas: '2' }],
          ['replicas.letThrough', { replicas: '2' }],
          ['replicas.persist', { replicas: '2' }],
          ['replicas.remove', { replicas: '1' }],
        ] as const) {
          test(`go on when the worker is killed in ${activity}`, async ({ world, runs }) => {
            if (input.replicas === '1') await runs.run(RUNBOOK, { replicas: '2' });
            const users = ask(world);
            const dying = await startWorkerProcess({
              ...inject('temporal'),
              target: world,
              queue: runs.queue,
              codePath: inject('workflowBundle'),
              kill: { activity, when: 'during' },
            });
            const dead = once(dying, 'exit');
            const run = await runs.start(RUNBOOK, input);
            await dead;
            const other = await runs.serve();

            const result = await runs.client.workflow.getHandle(run).result();
            await other.stop();
            const { refused } = await users.stop();

            expect(result).toMatchObject({ outcome: 'done', left: [] });
            expect([replicaIds(world).length, upstreamOf(world).length]).toEqual([
              Number(input.replicas),
              Number(input.replicas),
            ]);
            expect([refused, holdersOf(world)]).toEqual([[], []]);
          });

          test(`are as many as before when a run is terminated after ${activity}, by repair`, async ({
            world,
            runs,
          }) => {
            if (input.replicas === '1') await runs.run(RUNBOOK, { replicas: '2' });
            const before = [replicaIds(world).length, overrideIn(world)];
            let run = '';
            const worker = await runs.serve(async (type, work) => {
              if (type !== activity || run === '') return work();
              await work();
              await runs.client.workflow.getHandle(run).terminate('for the test');
              throw broken('Its run was terminated', 'Dead');
            });
            const id = await runs.start(RUNBOOK, input);
            run = id;
            await runs.client.workflow
              .getHandle(id)
              .result()
              .catch(() => {});
            run = '';

            const repaired = await runs.start('repair');
            const result = await runs.client.workflow.getHandle(repaired).result();
            await worker.stop();

            expect(result).toMatchObject({ outcome: 'done' });
            expect([replicaIds(world).length, overrideIn(world)]).toEqual(before);
            expect(upstreamOf(world)).toHaveLength(before[0] as number);
            expect((await fetch(world.proxy!.url)).status).toBe(200);
          });
        }
      });
  },
);
