import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import { ROWS, test } from '../../support/target.ts';
import { addRows, beside, damagePages, leaveInLog, seenIn } from './support/database-files.ts';
import { refusal } from './support/fixtures.ts';
import { playWithoutLinks } from './support/play-killed.ts';
import { whileWritten } from './support/processes.ts';
import { STAMP } from './support/scenarios.ts';
import { makeWasteful, pragmaOf } from './support/wasteful.ts';

const WHOLE = { rows: ROWS, check: 'ok' };
const PRE = `.pre-${STAMP}`;

describe('database.compact', () => {
  test('puts a copy without free pages in place, with the log checkpointed', async ({ target }) => {
    const { file } = target.database;
    makeWasteful(file);
    leaveInLog(file, 7);
    chmodSync(file, 0o640);
    const before = statSync(file).size;

    const compacted = await databaseActivities(target).compact(STAMP);

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
    const database = databaseActivities(target);
    makeWasteful(file);

    await database.compact(STAMP);
    addRows(file, 3);
    const second = await whileWritten(target, 'WAL', () => database.compact(STAMP));

    expect(second.changed).toBe(false);
    expect(seenIn(file)!.rows).toBeGreaterThan(ROWS + 2);
    expect(seenIn(`${file}${PRE}`)).toEqual(WHOLE);
  });

  test('refuses while the application ignored its stop, and names it', async ({ target, skip }) => {
    skip(process.platform !== 'linux', 'there is no /proc');
    makeWasteful(target.database.file);

    await whileWritten(target, 'WAL', async (pid) => {
      const refused = await refusal(databaseActivities(target).compact(STAMP));
      expect(refused).toMatchObject({ type: 'DatabaseInUse', nonRetryable: false });
      expect(refused.message).toMatch(`Process ${pid} (`);
    });
    expect(beside(target.database.file).filter((name) => name.includes(STAMP))).toEqual([]);
  });

  test('does not touch a damaged database', async ({ target }) => {
    const { file } = target.database;
    damagePages(file);
    const before = readFileSync(file);

    const refused = await refusal(databaseActivities(target).compact(STAMP));

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

    const refused = await refusal(databaseActivities(target).compact(STAMP));

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

    await databaseActivities(target).compact(STAMP);

    expect(seenIn(file)).toEqual(WHOLE);
    expect(beside(real)).toEqual([PRE]);
    expect(pragmaOf(real, 'freelist_count')).toBe(0);
  });
});

describe('where there are no hard links', () => {
  test('a compact copy and its undo come to the same', async ({ target }) => {
    const { file } = target.database;
    makeWasteful(file);

    await playWithoutLinks(target, 'compact');
    const compacted = [pragmaOf(file, 'freelist_count'), seenIn(file), ...beside(file)];
    await databaseActivities(target).dropKept('20200101_000000');
    rmSync(`${file}${PRE}`);
    makeWasteful(file);
    await playWithoutLinks(target, 'takeCompactBack');

    expect(compacted).toEqual([0, WHOLE, PRE]);
    expect(seenIn(file)).toEqual(WHOLE);
    expect(pragmaOf(file, 'freelist_count')).toBeGreaterThan(300);
    expect(beside(file)).toEqual([]);
  });
});
