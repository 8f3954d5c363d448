import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { COMPOSE_FILE, test } from '../activities/runtime/support/compose-world.ts';
import {
  binWith,
  canRunDocker,
  composes,
  containers,
  docker,
  startDockerDaemon,
} from '../activities/runtime/support/docker-daemon.ts';
import { stateOf } from '../support/locked.ts';
import { pollDowntime } from '../support/poll-downtime.ts';
import type { Runs } from '../support/run.ts';

const path = process.env['PATH']!;
const compose = composes.find(({ file }) => file);

/** What becomes of the files that Compose needs. */
const spoils: Readonly<Record<string, (world: SqliteTarget) => void>> = {
  'its file is gone': ({ directory }) => rmSync(join(directory, COMPOSE_FILE)),
  'its file is empty': (world) => write(world, COMPOSE_FILE, ''),
  'its file is garbage': (world) => write(world, COMPOSE_FILE, randomBytes(4096)),
  'its file has a wrong key': (world) =>
    write(world, COMPOSE_FILE, read(world).replace('"image"', '"imagee"')),
  'its .env is gone': ({ directory }) => rmSync(join(directory, '.env')),
  'its .env is a line that says nothing': (world) => write(world, '.env', 'APP_IMAGE\n'),
};

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker || !compose)(
  'an application whose Compose files are spoilt (needs root, dockerd and busybox)',
  { timeout: 300_000 },
  () => {
    let daemon: Awaited<ReturnType<typeof startDockerDaemon>>;
    let bin: string;

    beforeAll(async () => {
      daemon = await startDockerDaemon();
      process.env['DOCKER_HOST'] = daemon.host;
      bin = await binWith(compose!);
      process.env['DOCKER_CONFIG'] = bin;
      process.env['PATH'] = `${bin}:${path}`;
    }, 120_000);

    afterAll(async () => {
      await daemon.stop();
      delete process.env['DOCKER_HOST'];
      delete process.env['DOCKER_CONFIG'];
      process.env['PATH'] = path;
      await rm(bin, { recursive: true });
    });

    test('is described, stopped and started all the same', async ({ world, systems }) => {
      const { runtime, services, http } = systems;
      const whole = { [COMPOSE_FILE]: read(world), '.env': read(world, '.env') };

      for (const [how, spoil] of Object.entries(spoils)) {
        spoil(world);

        const seen = await runtime.describe();
        const beside = await services.running();
        const stopped = await runtime.stop();
        const down = await runtime.describe();
        const started = await runtime.start();

        expect([how, seen.running, down.running]).toEqual([how, true, false]);
        expect(beside).toEqual({ names: [] });
        expect([stopped.changed, started.changed]).toEqual([true, true]);
        await http.expectReady();
        for (const [name, content] of Object.entries(whole)) write(world, name, content);
      }
    });

    test('is contained, and comes back when that is lifted', async ({ world, systems, runs }) => {
      spoils['its file is gone']!(world);

      const contained = await runs.run('contain', { reason: 'its rows vanish' });
      const during = await systems.runtime.describe();
      const lifted = await runs.run('lift-containment');

      expect([contained.ending.failure?.message, contained.ending.outcome]).toEqual([
        undefined,
        'done',
      ]);
      expect(contained.ending.output).toMatchObject({ ran: true });
      expect(during.running).toBe(false);
      expect([lifted.ending.failure?.message, lifted.ending.outcome]).toEqual([undefined, 'done']);
      expect(await systems.http.isReady()).toBe(true);
    });

    test('gets its database back, and is down for no longer than it says', async ({
      world,
      systems,
      runs,
    }) => {
      await backUp(runs);
      spoils['its file has a wrong key']!(world);
      const polled = pollDowntime(world.app.health);

      const { ending } = await runs.run('database-recovery', { backup: 'latest' });

      const downtime = await polled.stop();
      const { downtimeMilliseconds } = ending.output as { downtimeMilliseconds: number };
      expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
      expect(downtime).toBeGreaterThan(0);
      expect(downtime).toBeLessThan(downtimeMilliseconds + 5000);
      expect(await systems.http.isReady()).toBe(true);
    });

    test('gets its files back by a recovery of the system', async ({ world, systems, runs }) => {
      await backUp(runs);
      const whole = read(world);
      spoils['its file is garbage']!(world);

      const { ending } = await runs.run('system-recovery');

      expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
      expect(stateOf(ending, 'examine', 'place', 'start')).toEqual(['done', 'done', 'done']);
      expect(read(world)).toBe(whole);
      expect(await systems.http.isReady()).toBe(true);
    });

    test('that is down and has no container gets its files rolled back', async ({
      world,
      systems,
      runs,
    }) => {
      await backUp(runs);
      const whole = read(world);
      for (const id of containers()) execFileSync(docker!, ['rm', '-f', id]);
      spoils['its file is empty']!(world);

      const { ending } = await runs.run('application-down', { overwrite: 'yes' });

      expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
      expect(ending.output).toMatchObject({ helped: 'rollback', tried: ['restart', 'rollback'] });
      expect(read(world)).toBe(whole);
      expect(await systems.http.isReady()).toBe(true);
    });
  },
);

async function backUp(runs: Runs): Promise<void> {
  const { ending } = await runs.run('daily-backup');
  if (ending.outcome !== 'done') throw new Error(ending.failure?.message);
}

function read({ directory }: SqliteTarget, name = COMPOSE_FILE): string {
  return readFileSync(join(directory, name), 'utf8');
}

function write({ directory }: SqliteTarget, name: string, content: string | Buffer): void {
  writeFileSync(join(directory, name), content);
}
