import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { ROWS, test } from '../../support/target.ts';
import { addRows, beside, seenIn } from './support/database-files.ts';
import { whileWritten } from './support/processes.ts';
import { STAMP } from './support/scenarios.ts';
import { makeWasteful } from './support/wasteful.ts';

const WHOLE = { rows: ROWS, check: 'ok' };

describe('database.uncompact', () => {
  test('brings the old file back, also when the application only read', async ({ target }) => {
    const { file } = target.database;
    const database = databaseActivities(target);
    makeWasteful(file);
    const { ino } = statSync(file);
    await database.compact(STAMP);
    const reader = new Database(file);
    reader.prepare('select count(*) from indicators').get();
    reader.close();

    const first = await database.uncompact(STAMP);
    const second = await database.uncompact(STAMP);

    expect([first, second]).toEqual([{ changed: true }, { changed: false }]);
    expect(statSync(file).ino).toBe(ino);
    expect(seenIn(file)).toEqual(WHOLE);
    expect(beside(file)).toEqual([]);
  });

  for (const { how, write } of [
    {
      how: 'and checkpointed',
      write: async ({ database }: SqliteTarget) => addRows(database.file, 5),
    },
    {
      how: 'by an application that was killed',
      write: (target: SqliteTarget) => whileWritten(target, 'WAL', () => sleep(100)),
    },
  ])
    test(`leaves the compact copy when rows were written to it ${how}`, async ({ target }) => {
      const { file } = target.database;
      const database = databaseActivities(target);
      makeWasteful(file);
      const { kept } = await database.compact(STAMP);
      await write(target);
      const written = seenIn(file);

      const undone = await database.uncompact(STAMP);

      expect(undone).toEqual({ changed: false, kept });
      expect(written!.rows).toBeGreaterThan(ROWS);
      expect(seenIn(file)).toEqual(written);
      expect(seenIn(kept)).toEqual(WHOLE);
    });

  test('refuses while the application runs', async ({ target, skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    const database = databaseActivities(target);
    makeWasteful(target.database.file);
    await database.compact(STAMP);

    await whileWritten(target, 'WAL', async () => {
      await expect(database.uncompact(STAMP)).rejects.toMatchObject({ type: 'DatabaseInUse' });
    });
  });
});

describe('database.dropKept', () => {
  test('removes the old file, and never one that is live', async ({ target }) => {
    const { file } = target.database;
    const database = databaseActivities(target);
    makeWasteful(file);
    const early = await database.dropKept(STAMP);
    await database.compact(STAMP);

    const first = await database.dropKept(STAMP);
    const second = await database.dropKept(STAMP);

    expect([early, first, second].map(({ changed }) => changed)).toEqual([false, true, false]);
    expect(seenIn(file)).toEqual(WHOLE);
    expect(beside(file)).toEqual([]);
  });
});
