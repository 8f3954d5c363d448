import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createSystems } from '../../../src/activities/index.ts';
import { Updates } from '../../../src/config/schema/upkeep/updates.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { findOnPath } from '../../../src/dev/server/find-on-path.ts';
import { startLifeline } from '../../../src/dev/server/lifeline.ts';
import type { Ending } from '../../../src/engine/run/ending.ts';
import {
  buildItsImage,
  changeApp,
  keptImages,
  versionIn,
  writeDockerfile,
} from '../../activities/runtime/support/built-image.ts';
import { inspect } from '../../activities/runtime/support/changed-project.ts';
import { IMAGE } from '../../activities/runtime/support/compose-project.ts';
import { test as composed } from '../../activities/runtime/support/compose-world.ts';
import { canRunDocker, composes, docker } from '../../activities/runtime/support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from '../../activities/runtime/support/use-docker.ts';
import { reservedPort } from '../../support/reserved-port.ts';
import type { Around } from '../../support/run.ts';

const RUNBOOK = 'security-updates';
/** Node waits for it before it does anything else, and it never ends. */
const NEVER =
  'ENV NODE_OPTIONS=--import=data:text/javascript,setInterval(()=>{},1e3);await(new(Promise)(()=>{}))\n';

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)(
  'security-updates of an image (needs dockerd)',
  { timeout: 240_000 },
  () => {
    useDockerDaemon();

    for (const compose of composes)
      // Skipped where this machine has not this Compose.
      describe.skipIf(!compose.file)(`by ${compose.name}`, () => {
        useCompose(compose);

        const test = composed.extend<{ built: SqliteTarget }>({
          built: async ({ world }, use) => {
            world.updates = Updates.parse({ packages: 'none', image: 'rebuild' });
            world.app.ready.within = '6s';
            await buildItsImage(world, '1');
            await createSystems(world, 'test').http.expectReady();
            ofNothing(world);
            await use(world);
          },
        });

        test('replaces it by the newest, and keeps the old one', async ({ built, runs }) => {
          renew(built, '2');

          const { ending } = await runs.run(RUNBOOK);

          expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
          expect(versionIn(built)).toBe('2');
          expect(keptImages(built)).toHaveLength(1);
        });

        test('is back on the old one when the new one never gets ready, whoever prunes images meanwhile', async ({
          built,
          systems,
          runs,
        }) => {
          const { image } = inspect('app');
          renew(built, '2', NEVER);

          const { ending } = await runs.run(
            RUNBOOK,
            {},
            { around: pruningBefore('images.goBack') },
          );

          expect(inspect('app').image).toBe(image);
          expect(versionIn(built)).toBe('1');
          expect((await systems.app.prove()).rows).toBeGreaterThan(0);
          // The rest of the list was done, and what was not is named.
          expect(ending.outcome).toBe('partly');
          expect(JSON.stringify(ending.output)).toMatch(
            /Replace the container by one of a new image/,
          );
          expect(stateOf(ending, 'left')).toBe('done');
        });

        const pulled = test.extend<{ registry: string }>({
          registry: async ({ built, directory }, use) => {
            const address = `127.0.0.1:${await reservedPort()}`;
            const registry = await startRegistry(directory, address);
            changeApp(built, { build: undefined, image: `${address}/shop:stable` });
            await use(address);
            await registry.stop();
          },
        });

        pulled.skipIf(!findOnPath('docker-registry'))(
          'pulls one that is made elsewhere, and goes back when it never gets ready (needs docker-registry)',
          async ({ built, registry, systems, runs }) => {
            const name = `${registry}/shop:stable`;
            const { image } = inspect('app');
            push(built, name, '2');
            execFileSync(docker!, ['rmi', name], { stdio: 'ignore' });

            const good = await runs.run(RUNBOOK);
            const second = inspect('app').image;
            push(built, name, '3', NEVER);
            execFileSync(docker!, ['tag', second, name]);
            const bad = await runs.run(RUNBOOK, {}, { around: pruningBefore('images.goBack') });

            expect([good.ending.failure?.message, good.ending.outcome]).toEqual([
              undefined,
              'done',
            ]);
            expect(second).not.toBe(image);
            expect(bad.ending.outcome).toBe('partly');
            expect(inspect('app').image).toBe(second);
            expect((await systems.app.prove()).rows).toBeGreaterThan(0);
          },
        );
      });
  },
);

/** Everything that it needs lies beside its Dockerfile: a base image of a registry is not to be had here. */
function ofNothing({ directory }: SqliteTarget): void {
  const id = execFileSync(docker!, ['create', IMAGE, 'sh'], { encoding: 'utf8' }).trim();
  execFileSync(docker!, ['export', '-o', join(directory, 'image/root.tar'), id]);
  execFileSync(docker!, ['rm', id], { stdio: 'ignore' });
}

function renew(world: SqliteTarget, version: string, more = ''): void {
  writeDockerfile(world, version, more);
  writeFileSync(
    join(world.directory, 'image/Dockerfile'),
    `FROM scratch\nADD root.tar /\nLABEL version=${version}\n${more}`,
  );
}

/** Whoever cleans up takes what has no name. */
function pruningBefore(type: string): Around {
  return async (activity, work) => {
    if (activity === type) execFileSync(docker!, ['image', 'prune', '-f'], { stdio: 'ignore' });
    return work();
  };
}

function push(world: SqliteTarget, name: string, version: string, more = ''): void {
  renew(world, version, more);
  const place = join(world.directory, 'image');
  execFileSync(docker!, ['build', '-q', '-t', name, place], { stdio: 'ignore' });
  execFileSync(docker!, ['push', name], { stdio: 'ignore' });
}

async function startRegistry(directory: string, address: string) {
  const file = join(directory, 'registry.yml');
  writeFileSync(
    file,
    `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${directory}/registry } }\nhttp: { addr: "${address}" }\n`,
  );
  const registry = await startLifeline('docker-registry', ['serve', file], { grace: 1000 });
  for (const end = Date.now() + 20_000; ;) {
    const found = await fetch(`http://${address}/v2/`).catch(() => undefined);
    if (found?.ok) return registry;
    if (Date.now() > end) throw new Error('The registry does not answer');
    await new Promise((settle) => setTimeout(settle, 100));
  }
}

function stateOf({ ledger }: Ending, id: string): string | undefined {
  return ledger.find((line) => line.id === id)?.state;
}
