import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fc, test as property } from '@fast-check/vitest';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { dumpSnapshot } from '../../../src/activities/backups/reading/dump.ts';
import { dumpOf } from '../../../src/activities/database/sqlite/dump/dump.ts';
import { reload } from '../../../src/activities/database/sqlite/dump/reload.ts';
import { rowsHashOf } from '../../../src/activities/database/sqlite/dump/rows.ts';
import { fill, ROWS, test } from '../../support/target.ts';

const hasSqlite3 = spawnSync('sqlite3', ['--version']).status === 0;

/** Whatever a schema and its rows may hold that text cannot say plainly. */
const AWKWARD = `
  pragma user_version = 7;
  pragma application_id = 252006673;
  create table indicators (id integer primary key autoincrement, note text, value real, raw blob, "odd ""name""" text,
    total real generated always as (value * 2) virtual);
  create table "strange -- table" (a text primary key, b) without rowid;
  create table parent (id integer primary key);
  create table child (id integer primary key, parent references parent(id) deferrable initially deferred);
  create index by_note on indicators (note, value);
  create view seen as select id, note from indicators;
  create trigger after_insert after insert on indicators begin
    insert or ignore into parent values (new.id);
    insert into child values (new.id + 1000, new.id);
  end;
  create virtual table words using fts5(body);
  insert into indicators (note, value, raw) values ('it''s; a
new line', 1, x'00ff'), ('مرحبا', 0.1, null), (cast(x'66ff00' as text), -0.0, ''),
    (null, 9e999, x''), ('a' || char(0) || 'b', 1e21, 'text'), ('cr' || char(13), 5e-324, 9223372036854775807);
  insert into "strange -- table" values ('); drop table parent; --', 1.0), ('', -9e999);
  insert into words values ('the quick brown fox'), ('jumps');
  analyze;`;

describe('backups dump', () => {
  test('writes text that makes the same database again, here and in sqlite3', ({ directory }) => {
    const { file, output, scratch } = placesIn(directory, AWKWARD);

    const dump = dumpSnapshot('indicators', file, output, scratch);

    expect(dump).toMatchObject({ rows: 6, checks: ['reload', 'schema', 'row counts', 'content'] });
    expect(statSync(output).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory).filter((name) => name.includes('.part'))).toEqual([]);
    const text = readFileSync(output, 'utf8');
    expect(text).toContain('PRAGMA user_version=7;');
    expect(text).toContain(`VALUES(2,'مرحبا',0.10000000000000001,NULL,NULL);`);
    if (!hasSqlite3) return;
    const other = join(directory, 'other.db');
    const { status, stderr } = spawnSync('sqlite3', [other], { stdio: [openSync(output, 'r')] });
    expect([status, String(stderr)]).toEqual([0, '']);
    expect([...dumpOf(other)].join('')).toBe(text);
    const db = new Database(other);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.prepare(`select rowid from words where body match 'fox'`).pluck().all()).toEqual([1]);
    expect(db.prepare('select count(*) from child').pluck().get()).toBe(6);
    db.close();
  });

  test('keeps a UTF-16 database what it is', ({ directory }) => {
    const { file, output, scratch } = placesIn(
      directory,
      `pragma encoding = 'UTF-16le'; create table indicators (note text);
       insert into indicators values ('it''s م')`,
    );

    const { rows } = dumpSnapshot('indicators', file, output, scratch);

    expect(rows).toBe(1);
    expect(readFileSync(output, 'utf8')).toContain(`PRAGMA encoding='UTF-16le';`);
  });

  test('never writes over a file that is there', ({ directory }) => {
    const { file, output, scratch } = placesIn(directory);
    writeFileSync(output, 'the only copy');

    expect(() => dumpSnapshot('indicators', file, output, scratch)).toThrow(
      `Cannot write "${output}": it is already there`,
    );
    expect(readFileSync(output, 'utf8')).toBe('the only copy');
  });

  test('leaves nothing when the database has not the key table', ({ directory }) => {
    const { file, output, scratch } = placesIn(directory);

    expect(() => dumpSnapshot('absent', file, output, scratch)).toThrow('no such table: absent');
    expect(existsSync(output)).toBe(false);
    expect(readdirSync(directory).filter((name) => name.includes('.part'))).toEqual([]);
  });
});

describe('rowsHashOf', () => {
  const one = `insert into t values (1, 'a')`;
  for (const other of [
    `insert into t values (1.0, 'a')`,
    `insert into t values ('1', 'a')`,
    `insert into t values (1, x'61')`,
    `insert into t values (1, 'a' || char(0))`,
    `insert into t values (null, 'a')`,
    `${one}; ${one}`,
  ])
    test(`tells "${other}" from another row`, () => {
      expect(hashWith(other)).not.toBe(hashWith(one));
    });

  test('is the same for the same rows, also when there is an index of all of them', () => {
    const rows = `insert into t values (2, 'b'), (1, 'a')`;

    expect(hashWith(`${rows}; create index i on t (a, b)`)).toBe(hashWith(rows));
  });
});

describe('a dump', () => {
  test('of many rows is read back whole', ({ directory }) => {
    const { file, output, scratch } = placesIn(directory);

    expect(dumpSnapshot('indicators', file, output, scratch).rows).toBe(ROWS);
  });

  property.prop(
    [
      fc.array(
        fc.tuple(
          fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(';\n', "';\n'", 'end;\n')),
          fc.double({ noNaN: true }),
          fc.uint8Array(),
          fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        ),
      ),
    ],
    { numRuns: 25 },
  )('says every value exactly', (rows) => {
    const directory = join(process.env['TMPDIR'] ?? '/tmp', `dump-${process.pid}-${(runs += 1)}`);
    mkdirSync(directory);
    const file = join(directory, 'a.db');
    const db = new Database(file);
    db.exec('create table t (a, b, c, d)');
    const insert = db.prepare('insert into t values (?, ?, ?, ?)');
    for (const [a, b, c, d] of rows) insert.run(a, b, Buffer.from(c), d);
    db.close();
    const text = [...dumpOf(file)].join('');
    writeFileSync(join(directory, 'a.sql'), text);
    const copy = join(directory, 'b.db');

    reload(join(directory, 'a.sql'), copy);

    expect(valuesIn(copy)).toEqual(valuesIn(file));
  });
});

function hashWith(sql: string): string {
  const db = new Database(':memory:');
  db.exec(`create table t (a, b); ${sql}`);
  return rowsHashOf(db, 't');
}

let runs = 0;

function placesIn(directory: string, sql?: string) {
  const file = join(directory, 'snapshot.db');
  if (sql === undefined) fill(file, ROWS, 'DELETE');
  else {
    const db = new Database(file);
    db.exec(sql);
    db.close();
  }
  const scratch = join(directory, 'scratch');
  mkdirSync(scratch);
  return { file, output: join(directory, 'out.sql'), scratch };
}

function valuesIn(file: string): unknown[] {
  const db = new Database(file);
  db.defaultSafeIntegers(true);
  const rows = db
    .prepare('select typeof(a), a, typeof(b), b, typeof(c), c, typeof(d), d, hex(a) from t')
    .raw()
    .all();
  db.close();
  return rows;
}
