import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { readLive } from '../../../src/activities/database/sqlite/file/read-live.ts';
import { test } from '../../support/target.ts';

const sqlite = createRequire(import.meta.url).resolve('better-sqlite3');

describe('readLive', () => {
  test('reads again, in its place, a database that a request was written to meanwhile', ({
    target,
  }) => {
    const { file } = target.database;
    inLog(file);
    const before = readdirSync(dirname(file));
    const names: string[] = [];

    const rows = readLive(file, (db) => {
      names.push(db.name);
      // The application opens it, writes, and its closing moves the pages of the log into the file.
      if (names.length === 1) writeOnce(file);
      return db.prepare('select count(*) from requests').pluck().get();
    });

    expect(names).toEqual([expect.stringContaining('.probe'), file]);
    expect(rows).toBe(1);
    expect(readdirSync(dirname(file))).toEqual(before);
  });

  test('takes nothing for damage that a write has brought about', ({ target }) => {
    const { file } = target.database;
    inLog(file);
    let reads = 0;

    const found = readLive(file, () => {
      reads += 1;
      if (reads > 1) return 'whole';
      writeOnce(file);
      throw new Database.SqliteError('database disk image is malformed', 'SQLITE_CORRUPT');
    });

    expect(found).toBe('whole');
  });

  test('reads a still one once, beside it', ({ target }) => {
    const { file } = target.database;
    inLog(file);
    const names: string[] = [];

    readLive(file, (db) => names.push(db.name));

    expect(names).toEqual([expect.stringContaining('.probe')]);
  });
});

function inLog(file: string): void {
  const db = new Database(file);
  db.pragma('journal_mode = wal');
  db.exec('create table requests (at text)');
  db.close();
}

function writeOnce(file: string): void {
  const program = `const db = new (require(${JSON.stringify(sqlite)}))(${JSON.stringify(file)});
    db.exec("insert into requests values (datetime())"); db.close();`;
  execFileSync(process.execPath, ['-e', program]);
}
