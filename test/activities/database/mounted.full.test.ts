import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Backup } from '../../../src/activities/backups/catalogue/backup-store.ts';
import { databaseDriver } from '../../../src/activities/database/driver-for.ts';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import { databasePlace } from '../../../src/cli/local/database-place.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { countRows, fill, ROWS, targetIn, test as base } from '../../support/target.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { IMAGE } from '../runtime/support/compose-project.ts';
import {
  binWith,
  canRunDocker,
  composes,
  containers,
  docker,
  startDockerDaemon,
} from '../runtime/support/docker-daemon.ts';
import { seenIn } from './support/database-files.ts';
import { backUp, refusal } from './support/fixtures.ts';
import { STAMP, systemsOf } from './support/scenarios.ts';

const path = process.env['PATH']!;
const project = fileURLToPath(new URL('../../..', import.meta.url));
const writer = fileURLToPath(new URL('support/writer.ts', import.meta.url));
/** What Node needs of this machine, so that the application in the container is a real one. */
const libraries = ['/usr/lib', '/usr/lib64'].filter(existsSync);

/** The writer of the tests, which commits a row every few milliseconds and never checkpoints its log. */
function projectWith(volume: string): string {
  const places = new Set([project, dirname(process.execPath)]);
  const volumes = [
    ...[...places].map((place) => `${place}:${place}:ro`),
    ...libraries.map((place) => `${place}:${place.slice('/usr'.length)}:ro`),
    volume,
  ];
  return `services:
  app:
    image: ${IMAGE}
    network_mode: host
    stop_signal: SIGKILL
    command: [${process.execPath}, ${writer}, /data/app.db, WAL, never]
    volumes:
${volumes.map((one) => `      - ${one}`).join('\n')}
`;
}

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)(
  'a database in a container (needs root, dockerd and busybox)',
  () => {
    let daemon: Awaited<ReturnType<typeof startDockerDaemon>>;
    let bin: string;

    beforeAll(async () => {
      daemon = await startDockerDaemon();
      bin = await binWith(composes.findLast(({ file }) => file)!);
      process.env['DOCKER_HOST'] = daemon.host;
      process.env['DOCKER_CONFIG'] = bin;
      process.env['PATH'] = `${bin}:${path}`;
    }, 120_000);

    afterAll(async () => {
      process.env['PATH'] = path;
      delete process.env['DOCKER_CONFIG'];
      delete process.env['DOCKER_HOST'];
      await rm(bin, { recursive: true });
      await daemon.stop();
    });

    const test = base.extend<{ shop: (volume: string) => Promise<Shop> }>({
      shop: async ({ directory }, use) => {
        await use((volume) => openShop(directory, volume));
        for (const id of containers()) execFileSync(docker!, ['rm', '-f', id]);
      },
    });

    test('that is mounted by itself is neither copied nor replaced, running or stopped', async ({
      shop,
      directory,
    }) => {
      const { target, systems, backup } = await shop('./data/app.db:/data/app.db');
      const { backups, database, runtime } = systems;
      await runtime.start();
      await expect.poll(writtenRows, TIMEOUT).toBeGreaterThan(5);

      const refusals = async () => [
        await refusal(backups.snapshot(STAMP)),
        await refusal(database.stage(backup, STAMP)),
        await refusal(database.compact(STAMP)),
        await refusal(database.checkpoint()),
      ];
      const running = await refusals();
      await runtime.stop();
      const stopped = await refusals();
      const written = writtenRows();

      for (const { type, message } of [...running, ...stopped]) {
        expect(type).toBe('SidecarsElsewhere');
        expect(message).toMatch(
          /^".*app.db" is mounted by itself into container "\S+[-_]app[-_]1"/,
        );
        expect(message).toContain(
          `replace "- ${directory}/data/app.db:/data/app.db" by "- ${directory}/data:/data"`,
        );
      }
      expect(await databasePlace(target)).toEqual({ reason: stopped[0]!.message });
      // What it warns of: the rows of the container are nowhere here. And its cure.
      expect(seenIn(target.database.file)).toEqual({ rows: ROWS, check: 'ok' });
      const [, cure] = /(docker cp .*)$/.exec(stopped[0]!.message)!;
      execFileSync('sh', ['-c', cure!]);
      expect(seenIn(target.database.file)!.rows).toBeGreaterThanOrEqual(ROWS + written);
    });

    test('that was mounted by itself since it was looked at is not replaced', async ({ shop }) => {
      const { target, systems, backup } = await shop('./data:/data');
      const { database, runtime } = systems;
      const staged = await database.stage(backup, STAMP);
      await database.keep(STAMP, { verdict: 'sound' });
      writeFileSync(
        join(target.directory, 'docker-compose.yml'),
        projectWith('./data/app.db:/data/app.db'),
      );
      await runtime.start();
      await runtime.stop();

      const { type } = await refusal(database.swap(staged));

      expect(type).toBe('SidecarsElsewhere');
      expect(await database.isLive(staged)).toBe(false);
    });

    test('whose directory is mounted is copied, replaced, and proven to be the one that it opens', async ({
      shop,
    }) => {
      const { target, systems, backup } = await shop('./data:/data');
      const { backups, database, runtime } = systems;
      const { file } = target.database;
      await runtime.start();
      await expect.poll(writtenRows, TIMEOUT).toBeGreaterThan(5);
      const made = await backups.snapshot('20260104_020000');
      expect(seenIn(made.file)!.rows).toBeGreaterThan(ROWS + 5);
      expect((await databasePlace(target)).reason).toBe(undefined);

      const staged = await database.stage(backup, STAMP);
      await runtime.stop();
      await database.keep(STAMP, { verdict: 'sound' });
      await database.swap(staged);
      const { rows } = await database.expectLive(staged);
      await runtime.start();
      await expect.poll(writtenRows, TIMEOUT).toBeGreaterThan(5);

      expect(rows).toBe(ROWS);
      expect(await databaseDriver(target).expectOpenedHere(STAMP)).toEqual({});
      expect(countRows(file)).toBeGreaterThan(ROWS + 5);
    });
  },
);

interface Shop {
  readonly target: SqliteTarget;
  readonly systems: ReturnType<typeof systemsIn>;
  /** Of ROWS rows. */
  readonly backup: Backup;
}

async function openShop(directory: string, volume: string): Promise<Shop> {
  mkdirSync(join(directory, 'data'));
  mkdirSync(join(directory, 'backups'));
  writeFileSync(join(directory, 'docker-compose.yml'), projectWith(volume));
  const target = targetIn(directory, {
    runtime: { kind: 'compose', service: 'app', stopGrace: '5s' },
    database: { kind: 'sqlite', file: join(directory, 'data/app.db'), keyTable: 'indicators' },
  });
  fill(target.database.file, ROWS);
  return { target, systems: systemsIn(target), backup: await backUp(target) };
}

function systemsIn(target: SqliteTarget) {
  return { ...systemsOf(target), runtime: runtimeActivities(target) };
}

/** As its application counts them: the last line that it has printed. */
function writtenRows(): number {
  const [id] = containers();
  const text = execFileSync(docker!, ['logs', '--tail', '1', id!], { encoding: 'utf8' });
  return Number(text.trim());
}
