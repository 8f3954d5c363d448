import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { execa } from 'execa';
import { describe, expect, vi } from 'vitest';
import { sqliteActivities } from '../../../src/activities/sqlite.ts';
import { ROWS, test } from '../../support/target.ts';
import { refusal } from '../sqlite-support/fixtures.ts';
import { playWithoutLinks, scriptOf } from '../sqlite-support/play-killed.ts';
import { whileWritten } from '../sqlite-support/processes.ts';
import { STAMP } from '../sqlite-support/scenarios.ts';
import { addRows, beside, damagePages, leaveInLog, seenIn } from '../sqlite-support/sets.ts';
import { makeWasteful, pragmaOf } from '../sqlite-support/wasteful.ts';

const WHOLE = { rows: ROWS, check: 'ok' };
const PRE = `.pre-${STAMP}`;

describe('sqlite.compact', () => {
  test('puts a copy without free pages in place, with the log folded in', async ({ target }) => {
    const { file } = target.database;
    makeWasteful(file);
    leaveInLog(file, 7);
    chmodSync(file, 0o640);
    const before = statSync(file).size;

    const compacted = await sqliteActivities(target).compact(STAMP);

    expect(compacted).toMatchObject({ changed: true, kept: `${file}${PRE}` });
    expect(compacted.bytes).toBeLessThan(before / 4);
    expect(statSync(file)).toMatchObject({ size: compacted.bytes, mode: 0o100640 });
    expect(seenIn(file)).toEqual({ rows: ROWS + 7, check: 'ok' });
    expect(seenIn(compacted.kept)).toEqual({ rows: ROWS + 7, check: 'ok' });
    expect(beside(file)).toEqual([PRE]);
    expect([pragmaOf(file, 'journal_mode'), pragmaOf(file, 'freelist_count')]).toEqual(['wal', 0]);
  });

  test('is done once: a second call leaves the rows written since', async ({ target }) => {
    const { file } = target.database;
    const sqlite = sqliteActivities(target);
    makeWasteful(file);

    await sqlite.compact(STAMP);
    addRows(file, 3);
    const second = await whileWritten(target, 'WAL', () => sqlite.compact(STAMP));

    expect(second.changed).toBe(false);
    expect(seenIn(file)!.rows).toBeGreaterThan(ROWS + 2);
    expect(seenIn(`${file}${PRE}`)).toEqual(WHOLE);
  });

  test('refuses while the application ignored its stop, and names it', async ({ target, skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    makeWasteful(target.database.file);

    await whileWritten(target, 'WAL', async (pid) => {
      const refused = await refusal(sqliteActivities(target).compact(STAMP));
      expect(refused).toMatchObject({ type: 'DatabaseInUse', nonRetryable: false });
      expect(refused.message).toMatch(`Process ${pid} (`);
    });
    expect(beside(target.database.file).filter((name) => name.includes(STAMP))).toEqual([]);
  });

  test('does not touch a damaged database', async ({ target }) => {
    const { file } = target.database;
    damagePages(file);
    const before = readFileSync(file);

    const refused = await refusal(sqliteActivities(target).compact(STAMP));

    expect(refused).toMatchObject({ type: 'DatabaseDamaged', nonRetryable: true });
    expect(readFileSync(file)).toEqual(before);
    expect(beside(file)).toEqual([]);
  });

  test('says so when only the application could copy it', async ({ target }) => {
    const { file } = target.database;
    const db = new Database(file);
    db.function('ours', { deterministic: true }, (value) => value);
    db.exec('create index by_ours on indicators (ours(region))');
    db.close();

    const refused = await refusal(sqliteActivities(target).compact(STAMP));

    expect(refused).toMatchObject({ type: 'CannotCompact', nonRetryable: true });
    expect(refused.message).toMatch('ours');
    expect(beside(file)).toEqual([]);
  });

  test('replaces the real file of a symbolic link, and leaves the link', async ({
    target,
    directory,
  }) => {
    const { file } = target.database;
    makeWasteful(file);
    mkdirSync(join(directory, 'data'));
    const real = join(directory, 'data', 'real.db');
    renameSync(file, real);
    symlinkSync(join('data', 'real.db'), file);

    await sqliteActivities(target).compact(STAMP);

    expect(seenIn(file)).toEqual(WHOLE);
    expect(beside(real)).toEqual([PRE]);
    expect(pragmaOf(real, 'freelist_count')).toBe(0);
  });
});

describe('while sqlite.compact has the database', () => {
  /** Right before the rename, in a process of its own. */
  async function atTheRename(target: Parameters<typeof scriptOf>[0], meanwhile: () => void) {
    const { file } = target.database;
    const hook = new URL('../sqlite-support/pause-at-rename.ts', import.meta.url).href;
    const running = execa(process.execPath, ['--import', hook, ...scriptOf(target, 'compact')], {
      env: { PAUSE_AT: file },
      reject: false,
    });
    await vi.waitFor(() => expect(existsSync(`${file}.paused`)).toBe(true), { timeout: 20_000 });
    meanwhile();
    rmSync(`${file}.paused`);
    return running;
  }

  for (const journal of ['wal', 'delete'])
    test(`nobody writes or reads until the rename, in mode ${journal}`, async ({ target }) => {
      const { file } = target.database;
      pragmaOf(file, `journal_mode = ${journal}`);
      makeWasteful(file);
      const errors: unknown[] = [];

      const { exitCode } = await atTheRename(target, () => {
        const db = new Database(file, { timeout: 50 });
        const read = () => db.prepare('select count(*) from indicators').get();
        const write = () => db.exec('insert into indicators default values');
        for (const attempt of [read, write])
          try {
            attempt();
          } catch (error) {
            errors.push((error as Error).message);
          }
        db.close();
      });

      expect(errors).toEqual(['database is locked', 'database is locked']);
      expect(exitCode).toBe(0);
      expect(seenIn(file)).toEqual(WHOLE);
      expect(beside(file)).toEqual([PRE]);
    });

  test('one who opened it right before the rename gets the old file back', async ({
    target,
    skip,
  }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    const { file } = target.database;
    makeWasteful(file);
    let latecomer!: Database.Database;

    const { exitCode, stderr } = await atTheRename(target, () => {
      latecomer = new Database(file, { timeout: 5000 });
    });
    latecomer.exec("insert into indicators (region) values ('late')");
    latecomer.close();

    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/DatabaseInUse|has ".*" open/)]);
    expect(seenIn(file)).toEqual({ rows: ROWS + 1, check: 'ok' });
    expect(beside(file)).toEqual([]);
  });
});

describe('sqlite.uncompact', () => {
  test('brings the old file back, also when the application only looked', async ({ target }) => {
    const { file } = target.database;
    const sqlite = sqliteActivities(target);
    makeWasteful(file);
    const { ino } = statSync(file);
    await sqlite.compact(STAMP);
    const reader = new Database(file);
    reader.prepare('select count(*) from indicators').get();
    reader.close();

    const first = await sqlite.uncompact(STAMP);
    const second = await sqlite.uncompact(STAMP);

    expect([first, second]).toEqual([{ changed: true }, { changed: false }]);
    expect(statSync(file).ino).toBe(ino);
    expect(seenIn(file)).toEqual(WHOLE);
    expect(beside(file)).toEqual([]);
  });

  for (const { how, write } of [
    { how: 'folded in', write: addRows },
    { how: 'in the log', write: leaveInLog },
  ])
    test(`leaves the compact copy when rows were written to it, ${how}`, async ({ target }) => {
      const { file } = target.database;
      const sqlite = sqliteActivities(target);
      makeWasteful(file);
      const { kept } = await sqlite.compact(STAMP);
      write(file, 5);

      const undone = await sqlite.uncompact(STAMP);

      expect(undone).toEqual({ changed: false, kept });
      expect(seenIn(file)).toEqual({ rows: ROWS + 5, check: 'ok' });
      expect(seenIn(kept)).toEqual(WHOLE);
    });

  test('refuses while the application runs', async ({ target, skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    const sqlite = sqliteActivities(target);
    makeWasteful(target.database.file);
    await sqlite.compact(STAMP);

    await whileWritten(target, 'WAL', async () => {
      await expect(sqlite.uncompact(STAMP)).rejects.toMatchObject({ type: 'DatabaseInUse' });
    });
  });
});

describe('sqlite.dropKept', () => {
  test('removes the old file, and never one that is live', async ({ target }) => {
    const { file } = target.database;
    const sqlite = sqliteActivities(target);
    makeWasteful(file);
    const early = await sqlite.dropKept(STAMP);
    await sqlite.compact(STAMP);

    const first = await sqlite.dropKept(STAMP);
    const second = await sqlite.dropKept(STAMP);

    expect([early, first, second].map(({ changed }) => changed)).toEqual([false, true, false]);
    expect(seenIn(file)).toEqual(WHOLE);
    expect(beside(file)).toEqual([]);
  });
});

describe('where there are no hard links', () => {
  test('a compact copy and its undo come to the same', async ({ target }) => {
    const { file } = target.database;
    makeWasteful(file);

    await playWithoutLinks(target, 'compact');
    const compacted = [pragmaOf(file, 'freelist_count'), seenIn(file), ...beside(file)];
    await sqliteActivities(target).dropKept('20200101_000000');
    rmSync(`${file}${PRE}`);
    makeWasteful(file);
    await playWithoutLinks(target, 'takeCompactBack');

    expect(compacted).toEqual([0, WHOLE, PRE]);
    expect(seenIn(file)).toEqual(WHOLE);
    expect(pragmaOf(file, 'freelist_count')).toBeGreaterThan(300);
    expect(beside(file)).toEqual([]);
  });
});
