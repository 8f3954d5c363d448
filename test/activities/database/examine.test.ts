import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { readKeyTable } from '../../../src/activities/app/key-table.ts';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import { spoilIndexPage } from '../../support/spoil-index-page.ts';
import { fill, ROWS, test } from '../../support/target.ts';
import { damagePages, leaveHotJournal, leaveInLog } from './support/database-files.ts';
import { namesIn } from './support/fixtures.ts';
import { whileWritten } from './support/processes.ts';

describe('database.examine', () => {
  test('tells the rows of a sound database', async ({ target }) => {
    const found = await databaseActivities(target).examine();

    expect(found).toMatchObject({ exists: true, verdict: 'sound' });
    expect(found.finding).toBe(
      `Sound by quick_check (no index compared): ${ROWS} rows in indicators`,
    );
  });

  test('tells that there is none, and which sidecars are left of it', async ({ target }) => {
    rmSync(target.database.file);
    const none = await databaseActivities(target).examine();
    writeFileSync(`${target.database.file}-wal`, 'left');
    const orphans = await databaseActivities(target).examine();

    expect(none).toEqual({ exists: false, verdict: 'damaged', finding: 'Missing', bytes: 0 });
    expect(orphans.finding).toBe('Missing, its sidecars are left');
  });

  test('calls 0 bytes unsound, which quick_check calls ok', async ({ target }) => {
    truncateSync(target.database.file);

    expect(await databaseActivities(target).examine()).toEqual({
      exists: true,
      verdict: 'damaged',
      finding: 'Empty file (0 bytes)',
      bytes: 0,
    });
  });

  test('says what quick_check says of damaged pages', async ({ target }) => {
    fill(target.database.file, 5000);
    damagePages(target.database.file);

    const found = await databaseActivities(target).examine();

    expect(found.verdict).toBe('damaged');
    expect(found.finding).toMatch(/^Damaged: (quick_check says|database disk image)/);
  });

  test('says that no index was compared, when only one is damaged', async ({ target }) => {
    spoilIndexPage(target.database.file);

    const found = await databaseActivities(target).examine();

    expect(found).toMatchObject({
      verdict: 'sound',
      finding: `Sound by quick_check (no index compared): ${ROWS} rows in indicators`,
    });
    await expect(databaseActivities(target).expectSound()).rejects.toMatchObject({
      type: 'DatabaseDamaged',
    });
  });

  test('answers for what is no database, a directory, and one without the key table', async ({
    target,
  }) => {
    const { file } = target.database;
    const database = databaseActivities(target);
    rmSync(file);
    writeFileSync(file, 'SQLite format 3\0 but not really'.repeat(100));
    const text = await database.examine();
    rmSync(file);
    mkdirSync(file);
    const directory = await database.examine();
    rmSync(file, { recursive: true });
    const db = new Database(file);
    db.exec('vacuum');
    db.exec('create table other (a)');
    db.close();
    const other = await database.examine();

    expect(text).toMatchObject({ verdict: 'damaged', finding: 'Damaged: file is not a database' });
    expect(directory).toMatchObject({ exists: true, verdict: 'damaged', finding: 'Not a file' });
    expect(other).toEqual({
      exists: true,
      verdict: 'unclear',
      finding:
        'Cannot be judged here: it has no table "indicators", which "database.keyTable" names: a migration, another database, or a word mistyped',
      bytes: expect.any(Number),
    });
  });

  for (const [what, arrange, finding] of [
    [
      'an untouched WAL database',
      () => undefined,
      `Sound by quick_check (no index compared): ${ROWS} rows in indicators`,
    ],
    [
      'rows that are in the log only',
      inLog,
      `Sound by quick_check (no index compared): ${ROWS + 9} rows in indicators`,
    ],
    [
      'a log whose index is gone',
      lostIndex,
      `Sound by quick_check (no index compared): ${ROWS + 9} rows in indicators`,
    ],
    [
      'a hot journal',
      leaveHotJournal,
      `Sound by quick_check (no index compared): ${ROWS} rows in indicators, after rolling back an unfinished write`,
    ],
  ] as const) {
    test(`judges ${what} and changes no byte of it`, async ({ target }) => {
      arrange(target.database.file);
      const before = contents(target.directory);

      const found = await databaseActivities(target).examine();

      expect(found.finding).toBe(finding);
      expect(contents(target.directory)).toEqual(before);
      expect(namesIn(target.state)).toEqual([]);
    });
  }

  test('reads the rows of a running application', async ({ target }) => {
    const found = await whileWritten(target, 'WAL', () => databaseActivities(target).examine());

    expect(found.verdict).toBe('sound');
  });

  test('follows a symbolic link', async ({ target, directory }) => {
    mkdirSync(join(directory, 'data'));
    renameSync(target.database.file, join(directory, 'data', 'real.db'));
    symlinkSync(join('data', 'real.db'), target.database.file);
    leaveInLog(join(directory, 'data', 'real.db'), 9);

    const found = await databaseActivities(target).examine();

    expect(found.finding).toBe(
      `Sound by quick_check (no index compared): ${ROWS + 9} rows in indicators`,
    );
  });
});

describe('readKeyTable', () => {
  test('counts what is committed, and leaves nothing beside the file', async ({ target }) => {
    const before = namesIn(target.directory);

    const { rows } = await readKeyTable(target);

    expect(rows).toBe(ROWS);
    expect(namesIn(target.directory)).toEqual(before);
  });

  test('counts rows that are in the log only, while the application holds it', async ({
    target,
  }) => {
    await whileWritten(target, 'WAL', async () => {
      expect((await readKeyTable(target)).rows).toBeGreaterThan(ROWS);
    });
  });

  test('says what SQLite says when it cannot be read', async ({ target }) => {
    const database = { ...target.database, keyTable: 'nothing "here"' };

    await expect(readKeyTable({ ...target, database })).rejects.toThrow(
      expect.objectContaining({
        type: 'DatabaseUnreadable',
        message: expect.stringContaining('no such table: nothing "here"'),
      }),
    );
  });
});

function inLog(file: string): void {
  leaveInLog(file, 9);
}

function lostIndex(file: string): void {
  leaveInLog(file, 9);
  rmSync(`${file}-shm`);
}

/** The index of the log is a cache: its bytes are nobody's data. */
function contents(directory: string): Record<string, string> {
  const files = namesIn(directory).filter((name) => name.includes('.db'));
  return Object.fromEntries(
    files.map((name) => [
      name,
      name.endsWith('-shm')
        ? 'index'
        : createHash('sha256')
            .update(readFileSync(join(directory, name)))
            .digest('hex'),
    ]),
  );
}
