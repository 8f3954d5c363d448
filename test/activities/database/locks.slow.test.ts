import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import { createSystems } from '../../../src/activities/index.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { ROWS, test as targetTest } from '../../support/target.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { seenIn } from './support/database-files.ts';
import { refusal } from './support/fixtures.ts';
import { pragmaOf } from './support/wasteful.ts';
import { holderScript, whileLocked } from './support/while-locked.ts';

/** Who holds what is seen in /proc. */
const test = targetTest.extend<{ linux: undefined }>({
  linux: [
    async ({ skip }, use) => {
      skip(process.platform !== 'linux', 'there is no /proc');
      await use(undefined);
    },
    { auto: true },
  ],
});

function impatient(target: SqliteTarget): SqliteTarget {
  const locks = { ...target.database.locks, wait: '500ms', grace: '1s' };
  return { ...target, database: { ...target.database, locks } };
}

describe('database.findLockHolders', () => {
  for (const { journal, how, blocks } of [
    { journal: 'wal', how: 'writes', blocks: true },
    { journal: 'wal', how: 'reads', blocks: false },
    { journal: 'delete', how: 'writes', blocks: true },
    { journal: 'delete', how: 'reads', blocks: true },
    { journal: 'delete', how: 'has all of it', blocks: true },
  ] as const)
    test(`${blocks ? 'names' : 'passes over'} one that ${how} in mode ${journal}`, async ({
      target,
    }) => {
      pragmaOf(target.database.file, `journal_mode = ${journal}`);

      await whileLocked(target, { how }, async (pid) => {
        const { blocking, note } = await databaseActivities(target).findLockHolders();

        const text = `importer (process ${pid}) ${how}`;
        expect(note).toBe(blocks ? text : 'Nobody holds its lock now');
        expect(blocking).toMatchObject(blocks ? [{ pid, role: 'other', note: text }] : []);
      });
    });

  test('knows our own processes, and those that copy', async ({ target }) => {
    const { file, keyTable } = target.database;
    const own = new Database(file);
    own.exec(`begin immediate; delete from ${keyTable}`);
    const ours = await databaseActivities(target).findLockHolders();
    own.close();

    const { result } = await whileLocked(target, { program: 'rsync' }, () =>
      databaseActivities(target).findLockHolders(),
    );

    expect(ours.blocking).toMatchObject([{ pid: process.pid, role: 'ours' }]);
    expect(result.blocking).toMatchObject([{ program: 'rsync', role: 'backup' }]);
  });

  test('knows the application by its runtime', async ({ target, directory }) => {
    const command = [process.execPath, holderScript, target.database.file, 'writes'];
    const held = { ...target, directory, runtime: { ...target.runtime, command } } as SqliteTarget;
    const { runtime, database } = createSystems(held, 'test');
    await runtime.start();
    await expect
      .poll(async () => (await database.findLockHolders()).blocking, TIMEOUT)
      .toMatchObject([{ role: 'application' }]);

    const [lockHolder] = (await database.findLockHolders()).blocking;
    const refused = await refusal(database.endLockHolder(lockHolder!, 'SIGKILL'));
    const { running } = await runtime.describe();

    await runtime.stop();
    expect(refused).toMatchObject({ type: 'NotToBeEnded', nonRetryable: true });
    expect(running).toBe(true);
  });
});

describe('database.awaitUnlocked', () => {
  test('waits, and tells who it was', async ({ target }) => {
    const waiting = whileLocked(target, {}, async () => {
      const free = databaseActivities(target).awaitUnlocked();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { free };
    });

    const { free } = (await waiting).result;

    const { refused, note, ...rest } = await free;
    expect(rest).toMatchObject({ free: true, blocking: [] });
    expect(refused).toBeGreaterThan(0);
    expect(note).toMatch(/^Free after \d+ of \d+ tries: it was importer \(process \d+\) writes$/);
    expect(seenIn(target.database.file)).toEqual({ rows: ROWS, check: 'ok' });
  });

  test('gives up after the policy, and names the holder', async ({ target }) => {
    const { result, endedBy } = await whileLocked(target, {}, () =>
      databaseActivities(impatient(target)).awaitUnlocked(),
    );

    expect(result).toMatchObject({ free: false, blocking: [{ role: 'other' }] });
    expect(endedBy).toBeUndefined();
  });

  test('does not open a damaged database for writing', async ({ target }) => {
    const finding = 'Damaged: page 3';
    const damaged = { exists: true, verdict: 'damaged', finding, bytes: 1 } as const;

    const refused = await refusal(databaseActivities(target).awaitUnlocked(damaged));

    expect(refused).toMatchObject({ type: 'DatabaseDamaged', nonRetryable: true });
  });
});

describe('database.endLockHolder', () => {
  for (const { stubborn, signal } of [
    { stubborn: false, signal: 'SIGTERM' },
    { stubborn: true, signal: 'SIGKILL' },
  ] as const)
    test(`ends a ${stubborn ? 'stubborn' : 'willing'} process by ${signal}, and leaves its journal to SQLite`, async ({
      target,
    }) => {
      const { file } = target.database;
      pragmaOf(file, 'journal_mode = delete');
      const { database } = createSystems(impatient(target), 'test');

      const { result, endedBy } = await whileLocked(target, { stubborn }, async () => {
        const [lockHolder] = (await database.findLockHolders()).blocking;
        const term = await database.endLockHolder(lockHolder!, 'SIGTERM');
        const kill = term.released
          ? undefined
          : await database.endLockHolder(lockHolder!, 'SIGKILL');
        return { term, kill, again: await database.endLockHolder(lockHolder!, 'SIGKILL') };
      });

      expect(endedBy).toBe(signal);
      expect(result.term).toMatchObject({ released: !stubborn, changed: true });
      expect(result.kill?.released).toBe(stubborn ? true : undefined);
      expect(result.again).toMatchObject({ released: true, changed: false });
      expect(existsSync(`${file}-journal`)).toBe(true);
      expect(await database.expectUnlocked()).toEqual({ note: 'Free' });
      expect(seenIn(file)).toEqual({ rows: ROWS, check: 'ok' });
    });

  test('never ends a backup, nor a stranger that got the same number', async ({ target }) => {
    const { database } = createSystems(impatient(target), 'test');

    const { result, endedBy } = await whileLocked(target, { program: 'rsync' }, async () => {
      const [lockHolder] = (await database.findLockHolders()).blocking;
      const refused = await refusal(
        database.endLockHolder({ ...lockHolder!, role: 'other' }, 'SIGKILL'),
      );
      const stranger = await database.endLockHolder(
        { ...lockHolder!, startTime: 'before' },
        'SIGKILL',
      );
      return { refused, stranger };
    });

    expect(result.refused).toMatchObject({ type: 'NotToBeEnded', nonRetryable: true });
    expect(result.stranger).toMatchObject({ released: true, changed: false });
    expect(endedBy).toBeUndefined();
  });
});
