import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { keepCopies } from '../../../src/cli/serve/data/keep-copies.ts';
import { stampOf } from '../../../src/config/time/stamp.ts';
import { backUpData, KEPT_COPIES } from '../../../src/dev/data/back-up-data.ts';
import { checkData } from '../../../src/dev/data/check-data.ts';
import { compactData, hasMuchFree } from '../../../src/dev/data/compact-data.ts';
import { copiesOf, listCopies } from '../../../src/dev/data/data-file.ts';
import { findCopy, restoreData } from '../../../src/dev/data/restore-data.ts';
import { type DataWorld, openDataWorld } from './support.ts';

let world: DataWorld;
beforeEach(async () => (world = await openDataWorld()));
afterEach(() => world.end());

/** Not what its log would hide. */
function spoil(): void {
  const db = new Database(world.file);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  truncateSync(world.file, 9000);
}

describe('backUpData', () => {
  test('copies the runs of a server at work into one file that only its owner can read, and restoreData brings them back', async () => {
    const server = await world.start();
    await world.beginRuns(server, 'one', 'two');
    const made = await backUpData(world.file);
    await world.beginRuns(server, 'later');
    await server.stop();

    const restored = await restoreData(world.file, findCopy(world.file, undefined));
    const again = await world.start();

    expect(made).toMatchObject({ runs: 2, openRuns: 2, deleted: [] });
    expect(statSync(made.file).mode & 0o777).toBe(0o600);
    expect(readdirSync(copiesOf(world.file))).toHaveLength(1);
    expect(restored).toMatchObject({ from: made.file, facts: { openRuns: 2 } });
    expect(await world.openRuns(again)).toEqual(['one', 'two']);
    expect(world.said.filter((line) => line.startsWith('Warning'))).toEqual([]);
  });

  test('leaves the newest six, and none goes for a copy that fails', async () => {
    await (await world.start()).stop();
    const made: string[] = [];
    for (let count = 0; count < KEPT_COPIES + 2; count += 1)
      made.push((await backUpData(world.file)).file);
    spoil();

    const failed = await backUpData(world.file).catch((error: unknown) => error);

    expect(failed).toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(/it is damaged .*Earlier copies stay/),
    });
    expect(listCopies(world.file).map(({ file }) => file)).toEqual(made.slice(2).toReversed());
    expect(readdirSync(copiesOf(world.file))).toHaveLength(KEPT_COPIES);
  });

  test('says what is wrong with where it shall copy to', async () => {
    await (await world.start()).stop();
    const there = join(world.directory, 'there');
    writeFileSync(there, '');

    await expect(backUpData(world.file, there)).rejects.toThrow('it is already there');
    await expect(backUpData(world.file, join(there, 'x.db'))).rejects.toThrow('it is no directory');
    await expect(backUpData(join(world.directory, 'none.db'))).rejects.toThrow('no server of ours');
  });
});

describe('restoreData', () => {
  test('puts aside what lay there with its log, and takes it back', async () => {
    const server = await world.start();
    await world.beginRuns(server, 'one');
    process.kill(server.pid, 'SIGKILL');
    await server.ended;

    const { aside } = await restoreData(world.file, undefined);
    const empty = await world.start();
    const without = await world.openRuns(empty);
    await empty.stop();
    await restoreData(world.file, aside);

    expect(existsSync(`${aside}-wal`)).toBe(true);
    expect(without).toEqual([]);
    expect(await world.openRuns(await world.start())).toEqual(['one']);
  });

  test('refuses while a server serves, and copies that hold no runs', async () => {
    const server = await world.start();
    const { file } = await backUpData(world.file);
    await expect(restoreData(world.file, file)).rejects.toThrow('serves it already');
    await server.stop();
    const other = join(world.directory, 'notes');
    writeFileSync(other, 'x'.repeat(9999));
    truncateSync(file, statSync(file).size - 50_000);

    await expect(restoreData(world.file, other)).rejects.toThrow('Cannot restore');
    await expect(restoreData(world.file, file)).rejects.toThrow('Cannot restore');
    expect(() => findCopy(world.file, '20200101_000000')).toThrow('Cannot find the copy');
    expect(existsSync(world.file)).toBe(true);
  });

  test('killed before the copy is in place, has no server begin without runs', async () => {
    const server = await world.start();
    await server.stop();
    rmSync(`${world.file}-wal`, { force: true });
    mkdirSync(join(world.directory, 'elsewhere'));
    const { aside } = await restoreData(world.file, undefined);
    // As it is between the two names.
    await (await world.start()).stop();
    for (const end of ['', '-wal', '-shm']) rmSync(`${world.file}${end}`, { force: true });

    expect(aside).toMatch(/temporal\.db\.before-\d{8}_\d{6}$/);
    await expect(world.start()).rejects.toThrow('it was put aside, and nothing in its place');
  });
});

describe('compactData', () => {
  test('gives back what is free, keeps the runs, and refuses while the server serves', async () => {
    const server = await world.start();
    await world.beginRuns(server, 'one', 'two');
    await expect(compactData(world.file)).rejects.toThrow('serves it already');
    await server.stop();
    const db = new Database(world.file);
    db.exec(
      `create table ballast (x); insert into ballast values (zeroblob(5000000)); drop table ballast`,
    );
    db.close();

    const { before, after } = await compactData(world.file);

    expect(before.freeBytes).toBeGreaterThan(4_900_000);
    expect(after).toMatchObject({ freeBytes: 0, openRuns: 2 });
    expect(statSync(world.file).size).toBe(after.bytes);
    expect(statSync(world.file).mode & 0o777).toBe(0o600);
    expect(await world.openRuns(await world.start())).toEqual(['one', 'two']);
    expect(world.said.filter((line) => line.startsWith('Warning'))).toEqual([]);
  });

  test('makes nothing where no runs are', async () => {
    const place = join(world.directory, 'mistyped');

    await expect(compactData(join(place, 'temporal.db'))).rejects.toThrow(
      `Cannot find "${join(place, 'temporal.db')}": no server of ours has kept runs there`,
    );
    expect(existsSync(place)).toBe(false);
  });

  test('is worth it from 1 GB on that is more than half of the file', () => {
    const facts = { runs: 1, openRuns: 0 };

    expect(hasMuchFree({ ...facts, bytes: 2.1e9, freeBytes: 1.1e9 })).toBe(true);
    expect(hasMuchFree({ ...facts, bytes: 2.4e9, freeBytes: 1.1e9 })).toBe(false);
    expect(hasMuchFree({ ...facts, bytes: 1.5e9, freeBytes: 0.9e9 })).toBe(false);
  });
});

describe('checkData', () => {
  test('tells runs, copies and what was put aside, of a server at work', async () => {
    const server = await world.start();
    await world.beginRuns(server, 'one');
    await backUpData(world.file);

    expect(checkData(world.file)).toMatchObject({
      facts: { openRuns: 1 },
      copies: [{}],
      aside: [],
    });

    await server.stop();
    await restoreData(world.file, undefined);
    expect(checkData(world.file)).toMatchObject({ damage: {}, aside: [{}] });
  });
});

describe('keepCopies', () => {
  test('copies by and by, and tells why it could not', async () => {
    await (await world.start()).stop();
    const told: string[] = [];
    const copies = keepCopies({
      dataFile: world.file,
      interval: 200,
      tell: (line) => told.push(line),
    });
    try {
      await vi.waitFor(() => expect(listCopies(world.file).length).toBeGreaterThan(1), {
        timeout: 20_000,
      });
      spoil();
      await vi.waitFor(
        () => expect(told).toContainEqual(expect.stringContaining('were not copied: ')),
        { timeout: 20_000 },
      );
    } finally {
      await copies.stop();
    }
  });

  test('makes none early where the newest is of the future, or new', async () => {
    await (await world.start()).stop();
    mkdirSync(copiesOf(world.file));
    const future = stampOf(new Date(Date.now() + 86_400_000));
    writeFileSync(join(copiesOf(world.file), `${future}.db`), '');
    const copies = keepCopies({ dataFile: world.file, interval: 5000 });

    await sleep(2500);
    await copies.stop();

    expect(listCopies(world.file)).toHaveLength(1);
    expect((await backUpData(world.file)).file > join(copiesOf(world.file), future)).toBe(true);
  });
});
