import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { changedSinceKnownGood } from '../../../src/activities/runtime/known-good/known-good.ts';
import { test as composed } from '../../activities/runtime/support/compose-world.ts';
import { canRunDocker, composes, docker } from '../../activities/runtime/support/docker-daemon.ts';
import {
  limitsIn,
  MEMORY,
  OVERRIDE,
  overrideIn,
} from '../../activities/runtime/support/limited.ts';
import { useCompose, useDockerDaemon } from '../../activities/runtime/support/use-docker.ts';
import { stateOf } from '../../support/locked.ts';

const RUNBOOK = 'scale-application';
const WANTED = { memory: MEMORY.g, cpus: '0.75' };

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('what was scaled (needs dockerd)', () => {
  useDockerDaemon();

  for (const compose of composes)
    // Skipped where this machine has not this Compose.
    describe.skipIf(!compose.file)(`by ${compose.name}`, () => {
      useCompose(compose);

      composed(
        'is told by nothing else to have changed: known to be good, compared, in health',
        async ({ world, systems, runs }) => {
          await systems.runtime.noteKnownGood();

          const { ending } = await runs.run(RUNBOOK, WANTED);
          const files = await changedSinceKnownGood(world);
          const figures = await systems.health.sample();
          const memory = await systems.troubleshoot.memory();
          const again = await runs.run(RUNBOOK, WANTED);

          expect(ending.ledger.find(({ id }) => id === 'prove')?.note).toBe(
            'It may use 1024 MiB and 0.75 cpus, and so may the next container',
          );
          expect(files).toEqual([]);
          expect(figures.find(({ name }) => name === 'memory.container')?.note).toMatch(
            /% of 1024 MiB used/,
          );
          expect(memory).toMatchObject({
            limited: true,
            note: expect.stringContaining('of the limit of its container in use, of 1024 MiB'),
          });
          expect(again.ending.output).toMatchObject({ scaled: false });
          expect(stateOf(again.ending, 'set', 'persist')).toEqual(['omitted', 'omitted']);
        },
      );

      composed(
        'is told by the next start when somebody sets other limits by hand',
        async ({ world, systems, runs }) => {
          await runs.run(RUNBOOK, { memory: MEMORY.g });
          const { id } = limitsIn(world);
          execFileSync(docker!, ['update', '--memory', '2g', '--memory-swap', '4g', id]);
          await systems.runtime.stop();

          const { note } = await systems.runtime.start();

          expect(note).toContain('memory limit 2g -> 1g');
        },
      );

      composed('comes back with a backup that was taken since', async ({ world, runs }) => {
        await runs.run(RUNBOOK, WANTED);
        const text = overrideIn(world);
        const taken = await runs.run('daily-backup');
        rmSync(join(world.directory, OVERRIDE));
        execFileSync(docker!, ['rm', '-f', limitsIn(world).id]);
        const [backup] = readdirSync(world.backups.directory);

        const { ending } = await runs.run('system-recovery', { backup });

        expect([taken.ending.outcome, ending.failure?.message]).toEqual(['done', undefined]);
        expect(overrideIn(world)).toBe(text);
        expect(limitsIn(world)).toMatchObject({ memory: MEMORY.bytes, cpus: 0.75 });
      });
    });
});
