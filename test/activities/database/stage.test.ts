import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { databaseActivities } from '../../../src/activities/database/database-activities.ts';
import { ROWS, test } from '../../support/target.ts';
import { beside, damagePages, seenIn } from './support/database-files.ts';
import { backUp, withOlderBackup } from './support/fixtures.ts';
import { STAMP } from './support/scenarios.ts';

const STAGED = `.staged-${STAMP}`;

describe('database.stage', () => {
  test('brings a proven copy beside the live file, as the live file is', async ({ target }) => {
    const { file } = target.database;
    const backup = await withOlderBackup(target);
    chmodSync(file, 0o640);

    const staged = await databaseActivities(target).stage(backup, STAMP);

    expect(staged).toMatchObject({
      file: `${file}${STAGED}`,
      rows: ROWS,
      checks: ['sha256', 'quick_check', 'row counts', 'schema'],
      changed: true,
    });
    expect(beside(file)).toEqual([STAGED]);
    expect(statSync(staged.file).mode & 0o777).toBe(0o640);
    expect(String(statSync(staged.file).ino)).toBe(staged.inode);
    // The mode that the application had chosen: WAL.
    expect(readFileSync(staged.file).subarray(18, 20)).toEqual(Buffer.from([2, 2]));
  });

  test('answers with the copy that is already there', async ({ target }) => {
    const database = databaseActivities(target);
    const backup = await withOlderBackup(target);

    const first = await database.stage(backup, STAMP);
    const second = await database.stage(backup, STAMP);

    expect(second).toEqual({ ...first, changed: false });
  });

  test('makes it anew when a byte of it has changed', async ({ target }) => {
    const database = databaseActivities(target);
    const backup = await withOlderBackup(target);

    const first = await database.stage(backup, STAMP);
    damagePages(first.file);
    const second = await database.stage(backup, STAMP);

    expect(second).toMatchObject({ sha256: first.sha256, changed: true });
  });

  test('gives the mode of the policy when there is no live file', async ({ target }) => {
    const backup = await withOlderBackup(target);
    rmSync(target.database.file);

    const staged = await databaseActivities(target).stage(backup, STAMP);

    expect(statSync(staged.file).mode & 0o777).toBe(0o600);
  });

  test('gives the owner of the live file', async ({ target, skip }) => {
    skip(process.getuid?.() !== 0, 'only root can give files away');
    const backup = await withOlderBackup(target);
    execFileSync('chown', ['1234:2345', target.database.file]);

    const staged = await databaseActivities(target).stage(backup, STAMP);

    expect(statSync(staged.file)).toMatchObject({ uid: 1234, gid: 2345 });
  });

  test('stages beside the real file of a symbolic link', async ({ target, directory }) => {
    const backup = await withOlderBackup(target);
    mkdirSync(join(directory, 'data'));
    const real = join(directory, 'data', 'real.db');
    renameSync(target.database.file, real);
    symlinkSync(real, target.database.file);

    const staged = await databaseActivities(target).stage(backup, STAMP);

    expect(staged.file).toBe(`${real}${STAGED}`);
  });

  test('proves tables of every sort by their rows', async ({ target }) => {
    const db = new Database(target.database.file);
    db.exec(`create table "quoted ""name"" – ü" (a);
      insert into "quoted ""name"" – ü" values (1);
      create table bare (k text primary key, v) without rowid;
      insert into bare values ('a', 1), ('b', 2);
      create table made (a, b as (a * 2) stored, c as (a + 1) virtual);
      insert into made (a) values (1);
      create virtual table search using fts5(words);
      insert into search values ('hello'), ('world');
      create table counted (id integer primary key autoincrement);
      insert into counted default values;
      create view seen as select * from bare`);
    db.close();

    const backup = await backUp(target);
    const staged = await databaseActivities(target).stage(backup, STAMP);

    expect(staged.rows).toBe(ROWS);
    expect(backup.database.tables).toMatchObject({
      'quoted "name" – ü': 1,
      bare: 2,
      made: 1,
      counted: 1,
      search_content: 2,
    });
    expect(Object.keys(backup.database.tables)).not.toContain('search');
  });
});

describe('database.unstage', () => {
  test('removes the copy and what killed attempts left, and nothing of another run', async ({
    target,
  }) => {
    const { file } = target.database;
    const database = databaseActivities(target);
    await database.stage(await withOlderBackup(target), STAMP);
    writeFileSync(`${file}${STAGED}.part-1`, '');
    writeFileSync(`${file}${STAGED}.part-1-wal`, '');
    writeFileSync(`${file}.staged-20260105_020001`, '');

    const first = await database.unstage(STAMP);
    const second = await database.unstage(STAMP);

    expect([first.changed, second.changed]).toEqual([true, false]);
    expect(beside(file)).toEqual(['.staged-20260105_020001']);
  });
});

describe('a staged copy', () => {
  test('opens in the mode of the original, with every row', async ({ target }) => {
    const staged = await databaseActivities(target).stage(await withOlderBackup(target), STAMP);

    expect(seenIn(staged.file)).toEqual({ rows: ROWS, check: 'ok' });
  });
});
