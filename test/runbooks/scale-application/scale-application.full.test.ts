import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { onProject } from '../../../src/activities/runtime/compose/project.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { COMPOSE_FILE } from '../../activities/runtime/support/in-compose.ts';
import {
  changeService,
  limitsIn,
  MEMORY,
  OVERRIDE,
  overrideIn,
} from '../../activities/runtime/support/limited.ts';
import { test as composed } from '../../activities/runtime/support/compose-world.ts';
import { canRunDocker, composes, docker } from '../../activities/runtime/support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from '../../activities/runtime/support/use-docker.ts';
import { failing } from '../../support/people.ts';

const RUNBOOK = 'scale-application';
const WANTED = { memory: MEMORY.g, cpus: '0.75' };
/** What Compose takes to make a container here, on a busy machine. */
const WITHIN = 120_000;

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('scale-application (needs dockerd)', () => {
  useDockerDaemon();

  for (const compose of composes)
    // Skipped where this machine has not this Compose.
    describe.skipIf(!compose.file)(`by ${compose.name}`, () => {
      useCompose(compose);

      composed(
        'limits what runs without a restart, and every container to come',
        async ({ world, systems, runs }) => {
          const before = limitsIn(world);

          const { ending } = await runs.run(RUNBOOK, WANTED);
          const live = limitsIn(world);
          await systems.runtime.stop();
          await systems.runtime.start();
          const restarted = limitsIn(world);
          await byHand(world, 'up', '-d', '--no-build', 'app');
          const anew = limitsIn(world);

          expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
          expect(ending.output).toMatchObject({
            scaled: true,
            file: expect.stringMatching(OVERRIDE),
          });
          const limits = { memory: MEMORY.bytes, swap: 2 * MEMORY.bytes, cpus: 0.75 };
          expect(live).toEqual({ ...before, ...limits });
          expect(restarted).toMatchObject({ ...limits, id: before.id });
          // Made by a person from its files, as after any change of them.
          expect(anew).toMatchObject(limits);
          expect(anew.id).not.toBe(before.id);
          expect(modeOf(world, OVERRIDE)).toBe(modeOf(world, COMPOSE_FILE));
        },
      );

      composed('has its kernel end what grows beyond the limit', async ({ world, runs }) => {
        const { ending } = await runs.run(RUNBOOK, { memory: '512m' });
        const { id } = limitsIn(world);
        const grow = 'const all = []; for (;;) all.push(Buffer.alloc(16 * 2 ** 20, 1));';

        const grown = () =>
          execFileSync(docker!, ['exec', id, process.execPath, '-e', grow], { stdio: 'pipe' });

        expect(ending.outcome).toBe('done');
        expect(grown).toThrow(expect.objectContaining({ status: 137 }));
      });

      composed(
        'keeps every other byte of an override that people have written',
        async ({ world, runs }) => {
          const text = `# ours
services:
  other:   { labels: [a] }   # odd, but so it is
  app:
    # keep me
    mem_limit: 700m # of last year
    labels:
      b: "c"
`;
          writeFileSync(join(world.directory, OVERRIDE), text);
          chmodSync(join(world.directory, OVERRIDE), 0o640);

          const { ending } = await runs.run(RUNBOOK, { memory: MEMORY.g });

          expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
          expect(overrideIn(world)).toBe(
            text
              .replace('mem_limit: 700m', 'mem_limit: "1g"')
              .replace('    # keep me\n', '    # keep me\n    memswap_limit: "2g"\n'),
          );
          expect(modeOf(world, OVERRIDE)).toBe(0o640);
        },
      );

      composed(
        'agrees with limits that the Compose file has as "deploy"',
        async ({ world, runs }) => {
          changeService(world, {
            deploy: { resources: { limits: { cpus: '0.5', memory: '600m' } } },
          });
          await byHand(world, 'up', '-d', '--no-build', 'app');
          const { cpus: processors, memory } = limitsIn(world);

          const { ending } = await runs.run(RUNBOOK, { memory: MEMORY.g });
          await byHand(world, 'up', '-d', '--no-build', '--force-recreate', 'app');

          expect({ processors, memory }).toEqual({ processors: 0.5, memory: 600 * 2 ** 20 });
          expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
          expect(limitsIn(world)).toMatchObject({ cpus: 0.5, memory: MEMORY.bytes });
        },
      );

      composed('goes into the file that COMPOSE_FILE names last', async ({ world, runs }) => {
        const { directory } = world;
        writeFileSync(join(directory, 'prod.yml'), 'services: { app: { labels: { a: b } } }\n');
        const env = readFileSync(join(directory, '.env'), 'utf8');
        writeFileSync(join(directory, '.env'), `${env}COMPOSE_FILE=${COMPOSE_FILE}:prod.yml\n`);

        const all = cpus().length;
        const { ending } = await runs.run(RUNBOOK, { cpus: String(all) });

        expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
        expect(readFileSync(join(directory, 'prod.yml'), 'utf8')).toContain(`"cpus": ${all}`);
        expect(limitsIn(world).cpus).toBe(all);
        expect(overrideIn(world)).toBeUndefined();
      });

      composed('is where it was when it does not work with them', async ({ world, runs }) => {
        await runs.run(RUNBOOK, { memory: '600m', cpus: '1' });
        const before = { ...limitsIn(world), text: overrideIn(world) };

        const { ending } = await runs.run(RUNBOOK, WANTED, { around: failing('app.prove', 1) });

        expect(ending).toMatchObject({ outcome: 'undone', left: [] });
        expect({ ...limitsIn(world), text: overrideIn(world) }).toEqual(before);
      });

      composed(
        'leaves no file behind where there was none, and all of its machine',
        async ({ world, runs }) => {
          const { ending } = await runs.run(RUNBOOK, WANTED, { around: failing('app.prove', 1) });

          expect(ending).toMatchObject({ outcome: 'undone', left: [] });
          expect(overrideIn(world)).toBeUndefined();
          const machine = execFileSync(docker!, ['info', '-f', '{{.MemTotal}} {{.NCPU}}'], {
            encoding: 'utf8',
          });
          const { memory, cpus: processors } = limitsIn(world);
          expect(`${memory} ${processors}`).toBe(machine.trim());
        },
      );

      composed(
        'leaves what somebody has written meanwhile, and says so',
        async ({ world, runs }) => {
          const theirs = 'services: { app: { mem_limit: 900m } }\n';

          const { ending } = await runs.run(RUNBOOK, WANTED, {
            around: async (activity, work) => {
              if (activity === 'limits.expectSet')
                writeFileSync(join(world.directory, OVERRIDE), theirs);
              return work();
            },
          });

          expect(ending.outcome).toBe('failed');
          expect(ending.failure?.type).toBe('LimitsDiffer');
          expect(ending.left.join()).toContain(
            'was changed since it was written: look what stands there of limits and replicas',
          );
          expect(overrideIn(world)).toBe(theirs);
        },
      );
    });
});

/** What its people type in its directory. */
async function byHand({ directory, runtime }: SqliteTarget, ...args: string[]): Promise<void> {
  if (runtime.kind !== 'compose') throw new Error('Expected Compose');
  await onProject(directory, runtime)(args, WITHIN);
}

function modeOf({ directory }: SqliteTarget, name: string): number {
  return statSync(join(directory, name)).mode & 0o777;
}
