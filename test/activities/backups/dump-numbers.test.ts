import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { dumpSnapshot } from '../../../src/activities/backups/reading/dump.ts';
import { load } from '../../../src/activities/database/sqlite/dump/load.ts';
import { test } from '../../support/target.ts';

/** Numbers whose shortest names sqlite3 3.40 takes for others, first of all, and some at every end of the range. */
const numbers = [
  4.208012099489364e-11,
  4188910924.216573,
  4.088399580605961e-11,
  5567822334.160604,
  -6.923453482187732e-304,
  2.6080921042260533e-306,
  5e-324,
  -2.2250738585072014e-308,
  1.7976931348623157e308,
  0.1,
  -3.2,
  1 / 3,
  1e15,
  1e16,
  1e17,
  1e21,
  2 ** 53,
  123456789,
  0,
];
const hasSqlite3 = spawnSync('sqlite3', ['--version']).status === 0;

describe.each(['sqlite3', 'no-such-program'])('numbers that %s loads', (program) => {
  test.skipIf(program === 'sqlite3' && !hasSqlite3)(
    'are those of the database, to the last bit',
    ({ target: { directory } }) => {
      const file = join(directory, 'numbers.db');
      fill(file);
      const output = join(directory, 'numbers.sql');
      const scratch = join(directory, 'scratch');
      mkdirSync(scratch);

      dumpSnapshot('numbers', file, output, scratch);
      const loaded = join(directory, 'loaded.db');
      load(output, loaded, { commands: [], program });

      expect(read(loaded)).toEqual(numbers);
    },
  );
});

function fill(file: string): void {
  const db = new Database(file);
  db.exec('create table numbers (id integer primary key, value real)');
  const insert = db.prepare('insert into numbers (value) values (?)');
  for (const number of numbers) insert.run(number);
  db.close();
}

function read(file: string): unknown[] {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare('select value from numbers order by id').pluck().all();
  } finally {
    db.close();
  }
}
