import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256Of } from '../../../src/os/files/sha256.ts';
import { availableIn } from '../../../src/os/files/disk-space.ts';
import { backUpData } from '../../../src/dev/data/back-up-data.ts';
import { type DataWorld, openDataWorld } from './support.ts';

let world: DataWorld;
beforeEach(async () => (world = await openDataWorld()));
afterEach(() => world.end());

/** A server is killed with runs in its log only, as at a power cut. */
async function killedServer(): Promise<void> {
  const server = await world.start();
  await world.beginRuns(server, 'one', 'two');
  process.kill(server.pid, 'SIGKILL');
  await server.ended;
  world.said.length = 0;
}

function fold(): void {
  const db = new Database(world.file);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

function overwrite(at: number, bytes: Buffer): void {
  const fd = openSync(world.file, 'r+');
  writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
}

const half = () => Math.floor(statSync(world.file).size / 2);

const hurts: readonly [string, string, () => void][] = [
  ['whose main file is gone', 'its log', () => rmSync(world.file)],
  ['that is empty', 'it is empty', () => truncateSync(world.file)],
  ['cut off in its middle', 'it is damaged', () => (fold(), truncateSync(world.file, half()))],
  [
    'with a spoilt header',
    'no database of SQLite',
    () => (fold(), overwrite(0, Buffer.alloc(64, 90))),
  ],
  [
    'overwritten in its middle',
    'it is damaged',
    () => (fold(), overwrite(half(), Buffer.alloc(200_000, 90))),
  ],
  [
    'that is something else',
    'no database of SQLite',
    () => writeFileSync(world.file, 'notes\n'.repeat(999)),
  ],
  [
    'that is the database of something else',
    'holds no runs',
    () => {
      fold();
      rmSync(world.file);
      new Database(world.file).exec('create table t (x)').close();
    },
  ],
  ['that is a directory', 'it is no file', () => (rmSync(world.file), mkdirSync(world.file))],
];

describe('startTemporal', () => {
  test.each(hurts)(
    'refuses data %s, says what to type, and leaves them as they are',
    async (_, why, hurt) => {
      await killedServer();
      hurt();
      const before = contents();

      const refused = await world
        .start()
        .catch((error: unknown) => error as Error & { hint?: string });

      expect(refused).toMatchObject({ name: 'UsageError', message: expect.stringContaining(why) });
      expect(refused).toMatchObject({
        hint: expect.stringContaining(`temporal restore --empty --data ${world.file}`),
      });
      expect(contents()).toEqual(before);
    },
  );

  test('refuses to begin without runs where there is a copy of them', async () => {
    await killedServer();
    const { file } = await backUpData(world.file);
    for (const end of ['', '-wal', '-shm']) rmSync(`${world.file}${end}`, { force: true });

    await expect(world.start()).rejects.toMatchObject({
      message: expect.stringContaining('it is gone, and there are copies of it'),
      hint: expect.stringContaining(
        `runbook temporal restore --data ${world.file}, which takes that of`,
      ),
    });
    expect(statSync(file).size).toBeGreaterThan(0);
  });

  test('begins without runs where nothing is left, and says so', async () => {
    await killedServer();
    for (const end of ['', '-wal', '-shm']) rmSync(`${world.file}${end}`, { force: true });

    const server = await world.start();

    expect(world.said[0]).toMatch(
      /^Warning: .* is gone, and there is no copy of it: it begins anew.* runbook repair/,
    );
    expect(await world.openRuns(server)).toEqual([]);
  });

  test('says that a lost log may have held runs, and only then', async () => {
    await killedServer();
    const server = await world.start();
    expect(world.said.filter((line) => line.startsWith('Warning'))).toEqual([]);
    await server.stop();
    fold();
    for (const end of ['-wal', '-shm']) rmSync(`${world.file}${end}`, { force: true });

    await world.start();

    expect(world.said).toContainEqual(expect.stringMatching(/^Warning: .*-wal" is gone/));
  });

  test.runIf(process.getuid?.() === 0)(
    'refuses data of another user, root among them',
    async () => {
      await killedServer();
      execFileSync('chown', ['12345', world.file]);

      await expect(world.start()).rejects.toMatchObject({
        message: expect.stringContaining('belongs to user 12345, and this is user 0'),
      });
    },
  );

  test.runIf(process.getuid?.() === 0)(
    'names a file system that became read-only, and one that is full',
    async () => {
      const mount = (...words: string[]) => execFileSync('mount', words);
      mount('-t', 'tmpfs', '-o', 'size=32m', 'own', world.directory);
      try {
        await killedServer();
        mount('-o', 'remount,ro', world.directory);
        const readOnly = await world.start().catch((error: unknown) => error);
        mount('-o', 'remount,rw', world.directory);
        const ballast = join(world.directory, 'ballast');
        writeFileSync(ballast, Buffer.alloc(20 * 2 ** 20));
        const noCopy = await backUpData(world.file).catch((error: unknown) => error);
        appendFileSync(ballast, Buffer.alloc(availableIn(world.directory)));
        const noServer = await world.start().catch((error: unknown) => error);
        rmSync(ballast);

        expect(readOnly).toMatchObject({
          name: 'UsageError',
          message: expect.stringContaining('its file system is read-only'),
        });
        expect(noCopy).toMatchObject({
          name: 'UsageError',
          message: expect.stringContaining('Not enough disk space'),
        });
        expect(noServer).toMatchObject({
          name: 'UsageError',
          message: expect.stringContaining('no space is left there'),
        });
        expect(await world.openRuns(await world.start())).toEqual(['one', 'two']);
      } finally {
        await world.stop();
        execFileSync('umount', [world.directory]);
      }
    },
  );
});

/** Of the data, and not of the lock beside them. */
function contents(): Record<string, string> {
  const names = readdirSync(world.directory).filter((name) => /^temporal\.db(-wal)?$/.test(name));
  return Object.fromEntries(
    names
      .filter((name) => name.endsWith('.db') || statSync(join(world.directory, name)).size > 0)
      .map((name) => {
        const path = join(world.directory, name);
        return [name, statSync(path).isFile() ? sha256Of(path) : 'directory'];
      }),
  );
}
