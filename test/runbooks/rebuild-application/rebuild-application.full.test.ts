import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect } from 'vitest';
import { createSystems } from '../../../src/activities/index.ts';
import { readKnownGood } from '../../../src/activities/runtime/known-good/known-good-records.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import {
  buildItsImage,
  changeApp,
  keptImages,
  versionIn,
  versionsOf,
  writeDockerfile,
} from '../../activities/runtime/support/built-image.ts';
import { inspect } from '../../activities/runtime/support/changed-project.ts';
import { test as composed } from '../../activities/runtime/support/compose-world.ts';
import { canRunDocker, composes } from '../../activities/runtime/support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from '../../activities/runtime/support/use-docker.ts';
import { startsOf } from '../../integration/compose/changed-shop.ts';
import { stateOf } from '../../support/locked.ts';
import { failing } from '../../support/people.ts';
import { test as asProcess } from '../../support/run.ts';

const RUNBOOK = 'rebuild-application';

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('rebuild-application (needs dockerd)', () => {
  useDockerDaemon();

  for (const compose of composes)
    // Skipped where this machine has not this Compose.
    describe.skipIf(!compose.file)(`by ${compose.name}`, () => {
      useCompose(compose);

      const test = composed.extend<{ built: SqliteTarget }>({
        built: async ({ world }, use) => {
          await buildItsImage(world, '1');
          await createSystems(world, 'test').http.expectReady();
          writeDockerfile(world, '2');
          await use(world);
        },
      });

      test('replaces the container by one of a new image, keeps the old image, and notes what is good', async ({
        built,
        systems,
        runs,
      }) => {
        const before = inspect('app').id;

        const { ending } = await runs.run(RUNBOOK);

        expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
        expect(ending.output).toMatchObject({
          rebuilt: true,
          before: expect.stringMatching(/^durable-runbooks\/test-\w+:\d{8}_\d{6}$/),
          proof: expect.any(String),
        });
        expect(versionIn(built)).toBe('2');
        expect(inspect('app').id).not.toBe(before);
        expect(versionsOf(ending.output!['before' as never])).toEqual(['1']);
        expect(readKnownGood(built).at(-1)?.image?.id).toBe(inspect('app').image);
        expect((await systems.app.prove()).rows).toBeGreaterThan(0);
      });

      test('builds under the name that Compose gives where the file has none', async ({
        built,
        runs,
      }) => {
        changeApp(built, { image: undefined });

        const { ending } = await runs.run(RUNBOOK);

        expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
        const name = ['_', '-'].map((mark) => `${basename(built.directory)}${mark}app`);
        expect(name).toContain(inspect('app').imageName);
        expect(versionsOf(inspect('app').id)).toEqual(['2']);
      });

      test('is back on the old image, under its old name, when the new one does not work', async ({
        built,
        systems,
        runs,
      }) => {
        const { image } = inspect('app');

        const { ending } = await runs.run(RUNBOOK, {}, { around: failing('app.prove', 1) });

        expect(ending).toMatchObject({ outcome: 'undone', left: [] });
        expect(versionIn(built)).toBe('1');
        expect(inspect('app').image).toBe(image);
        expect(keptImages(built)).toEqual([]);
        expect((await systems.app.prove()).rows).toBeGreaterThan(0);
      });

      test('is back on the old image when the application of the new one ends at once', async ({
        built,
        systems,
        runs,
      }) => {
        writeDockerfile(built, '2', 'ENV NODE_OPTIONS=--no-such\n');

        const { ending } = await runs.run(RUNBOOK);

        expect(ending).toMatchObject({ outcome: 'undone', left: [] });
        expect(ending.failure?.type).toBe('StartFailed');
        expect(versionIn(built)).toBe('1');
        expect((await systems.app.prove()).rows).toBeGreaterThan(0);
      });

      test.for([
        ['its Dockerfile is wrong', {}, 'COPY no-such-file /\n'],
        ['no registry is there for a newer base image', { pull: 'yes' }, ''],
      ] as const)('leaves it alone when %s', async ([, input, more], { built, runs }) => {
        writeDockerfile(built, '2', more);
        const before = startsOf('app');

        const { ending } = await runs.run(RUNBOOK, input);

        expect(ending).toMatchObject({ outcome: 'undone', left: [] });
        expect(ending.failure?.message).toMatch(/build/);
        expect(stateOf(ending, 'build', 'stop')).toEqual(['failed', 'unreached']);
        expect(startsOf('app')).toBe(before);
        expect([versionIn(built), keptImages(built)]).toEqual(['1', []]);
      });

      test('lets no other change come along unless it is asked to, and names no value', async ({
        built,
        runs,
      }) => {
        changeApp(built, { environment: { TOKEN: 's3cret' } });
        const before = startsOf('app');

        const refused = await runs.run(RUNBOOK);
        const afterRefusal = startsOf('app');
        const undone = await runs.run(
          RUNBOOK,
          { changes: 'apply' },
          { around: failing('app.prove', 1) },
        );
        const applied = await runs.run(RUNBOOK, { changes: 'apply' });

        expect(refused.ending.failure).toMatchObject({
          type: 'ConfigurationDiffers',
          message: expect.stringMatching(/variable TOKEN comes.*--changes apply$/s),
        });
        expect(afterRefusal).toBe(before);
        expect(undone.ending.left.join()).toMatch(
          /on its image from before, with its configuration as it is now: variable TOKEN comes/,
        );
        expect(applied.ending.outcome).toBe('done');
        expect(inspect('app').environment).toContain('TOKEN=s3cret');
        expect(JSON.stringify([refused, undone, applied])).not.toContain('s3cret');
      });

      test('leaves it alone when the image is the same as before', async ({ built, runs }) => {
        writeDockerfile(built, '1');
        const before = startsOf('app');

        const { ending } = await runs.run(RUNBOOK, { cache: 'yes' });

        expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
        expect(ending.output).toMatchObject({ rebuilt: false });
        expect(startsOf('app')).toBe(before);
        expect(keptImages(built)).toEqual([]);
      });

      test('keeps the last three images of before', async ({ built, runs }) => {
        for (const version of ['2', '3', '4', '5']) {
          writeDockerfile(built, version);
          await runs.run(RUNBOOK);
        }

        expect(versionIn(built)).toBe('5');
        expect(versionsOf(...keptImages(built)).toSorted()).toEqual(['2', '3', '4']);
      });

      test('only looks when it is planned', async ({ built, runs }) => {
        const before = startsOf('app');

        const { ending } = await runs.run(RUNBOOK, {}, { mode: 'plan' });

        expect(ending.outcome).toBe('done');
        expect(startsOf('app')).toBe(before);
        expect([versionIn(built), keptImages(built)]).toEqual(['1', []]);
      });

      test('says of an image that is made elsewhere where it comes from, before anything changes', async ({
        built,
        runs,
      }) => {
        changeApp(built, { build: undefined });
        const before = startsOf('app');

        const { ending } = await runs.run(RUNBOOK);

        expect(ending.failure).toMatchObject({
          type: 'NotApplicable',
          message: expect.stringMatching(
            /^Service "app" has no "build": .* can only be pulled: --pull yes$/,
          ),
        });
        expect(ending.notices).toEqual([]);
        expect(startsOf('app')).toBe(before);
      });

      test('names what lies in the container alone', async ({ built, runs }) => {
        const script = `echo kept > /only-here && exec "$$@"`;
        const file = join(built.directory, 'docker-compose.yml');
        const { services } = JSON.parse(readFileSync(file, 'utf8'));
        services.app.command = ['sh', '-c', script, 'sh', ...services.app.command];
        writeFileSync(file, JSON.stringify({ services }));
        await buildItsImage(built, '1');
        await createSystems(built, 'test').http.expectReady();

        const { ending } = await runs.run(RUNBOOK, {}, { mode: 'plan' });

        expect(ending.ledger.find(({ id }) => id === 'compare')?.note).toMatch(
          /1 file lies in its container alone, and would go with it, such as "\/only-here"$/,
        );
      });
    });
});

describe.concurrent('rebuild-application of a process', () => {
  asProcess('is not applicable, and stops nothing', async ({ systems, runs }) => {
    const before = await systems.runtime.describe();

    const { ending } = await runs.run(RUNBOOK);

    expect(ending.failure).toMatchObject({
      type: 'NotApplicable',
      message: expect.stringMatching(/is a process, and has no image\. .* restart-application$/),
    });
    expect(await systems.runtime.describe()).toEqual(before);
  });
});
