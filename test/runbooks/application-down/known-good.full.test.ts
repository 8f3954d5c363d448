import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createSystems } from '../../../src/activities/index.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import {
  buildItsImage,
  keptImages,
  versionIn,
  versionsOf,
} from '../../activities/runtime/support/built-image.ts';
import { inspect } from '../../activities/runtime/support/changed-project.ts';
import { test as composed } from '../../activities/runtime/support/compose-world.ts';
import { canRunDocker, composes } from '../../activities/runtime/support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from '../../activities/runtime/support/use-docker.ts';
import { stateOf } from '../../support/locked.ts';
import { failing } from '../../support/people.ts';

const RUNBOOK = 'application-down';
const MAY = { overwrite: 'yes' } as const;

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('application-down of a broken image (needs dockerd)', () => {
  useDockerDaemon();

  for (const compose of composes)
    // Skipped where this machine has not this Compose.
    describe.skipIf(!compose.file)(`by ${compose.name}`, () => {
      useCompose(compose);

      /** Its image of the same name was proven as version 1, and is version 2 now, which ends at once. */
      const test = composed.extend<{ broken: SqliteTarget }>({
        broken: async ({ world }, use) => {
          await buildItsImage(world, '1');
          const { http, runtime } = createSystems(world, 'test');
          await http.expectReady();
          await runtime.noteKnownGood();
          await buildItsImage(world, '2', 'ENV NODE_OPTIONS=--no-such\n');
          world.app.restarts = { most: 1, pause: '1s' };
          await use(world);
        },
      });

      test('brings the image back that is known to be good, proves it, and keeps the other one', async ({
        broken,
        systems,
        runs,
      }) => {
        const { ending } = await runs.run(RUNBOOK, MAY);

        expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
        expect(ending.output).toMatchObject({ tried: ['restart', 'image'], helped: 'image' });
        expect(stateOf(ending, 'image', 'rollback', 'test')).toEqual(['done', 'omitted', 'done']);
        expect(versionIn(broken)).toBe('1');
        expect(versionsOf(...keptImages(broken))).toEqual(['2']);
        expect((await systems.app.prove()).rows).toBeGreaterThan(0);
      });

      test('leaves it on its image when the one that is known to be good does not help either', async ({
        broken,
        runs,
      }) => {
        const { image } = inspect('app');

        const { ending } = await runs.run(RUNBOOK, MAY, { around: failing('app.prove', 2) });

        expect(ending).toMatchObject({ outcome: 'undone', left: [] });
        expect(ending.failure?.message).toMatch(/Tried: restart, image$/);
        expect(versionIn(broken)).toBe('2');
        expect(inspect('app').image).toBe(image);
        expect(keptImages(broken)).toEqual([]);
      });

      test('says that no image is known to be good, and changes none', async ({ broken, runs }) => {
        rmSync(join(broken.state, 'known-good.json'));
        const { id } = inspect('app');

        const { ending } = await runs.run(RUNBOOK, MAY);

        expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'ApplicationDown' } });
        expect(ending.ledger.find(({ id }) => id === 'compare')?.note).toMatch(
          /^No image is known to be good\./,
        );
        expect(stateOf(ending, 'image')).toEqual(['omitted']);
        expect([inspect('app').id, versionIn(broken), keptImages(broken)]).toEqual([id, '2', []]);
      });
    });
});
