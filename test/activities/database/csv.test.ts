import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { csvOf } from '../../../src/activities/database/sqlite/look/csv.ts';
import {
  countsOf,
  relationsOf,
  schemaOf,
} from '../../../src/activities/database/sqlite/look/relations.ts';
import { writeNew } from '../../../src/os/files/write-new.ts';
import { test } from '../../support/target.ts';

const HOSTILE = 'a"b\n\u001B[2J, x';

describe('csvOf', () => {
  test('writes each value as RFC 4180 says, and text as the bytes that it has', () => {
    const db = new Database(':memory:');
    db.exec(`create table t (id integer, "a ""b""" text, bytes blob, twice as (id * 2))`);
    const insert = db.prepare('insert into t values (?, cast(? as text), ?)');
    insert.run(1n, Buffer.from('plain'), null);
    insert.run(9223372036854775807n / 3n, Buffer.from('a "b", c\r\nd'), Buffer.from([0, 255]));
    insert.run(null, Buffer.from([0xff, 0x00, 0x41]), Buffer.alloc(0));
    insert.run(4n, Buffer.from(''), Buffer.from('é'));

    const text = [...csvOf(db, relationsOf(db)[0]!)].join('');

    expect(text).toBe(
      [
        'id,"a ""b""",bytes,twice',
        '1,plain,,2',
        '3074457345618258602,"a ""b"", c\r\nd",00ff,6148914691236517204',
        ',\u00ff\u0000A,,',
        '4,"",c3a9,8',
        '',
      ].join('\r\n'),
    );
  });

  test('holds one row at a time, whatever the table has', () => {
    const db = new Database(':memory:');
    db.exec(`create table t (x); with recursive n(i) as (values (1) union all select i + 1 from n
      where i < 200000) insert into t select i from n`);
    const lines = csvOf(db, { name: 't', columns: ['x'] });

    const first = [lines.next().value, lines.next().value];
    let rest = 0;
    for (const _ of lines) rest += 1;

    expect([first, rest]).toEqual([['x\r\n', '1\r\n'], 199_999]);
  });

  test('takes names that would break out of SQL for what they are', () => {
    const db = new Database(':memory:');
    db.exec(`create table "${HOSTILE.replaceAll('"', '""')}" ("${HOSTILE.replaceAll('"', '""')}")`);
    db.prepare(`insert into "${HOSTILE.replaceAll('"', '""')}" values (?)`).run(
      "'); drop table t;",
    );

    const [relation] = relationsOf(db);
    const text = [...csvOf(db, relation!)].join('');

    expect(relation).toEqual({ name: HOSTILE, type: 'table', columns: [HOSTILE] });
    expect(text).toBe(`"${HOSTILE.replaceAll('"', '""')}"\r\n'); drop table t;\r\n`);
    expect(countsOf(db)).toEqual([{ name: HOSTILE, rows: 1, bytes: expect.any(Number) }]);
    expect(schemaOf(db, HOSTILE)).toHaveLength(1);
  });
});

describe('writeNew', () => {
  test('never takes the place of anything, and leaves no part behind', ({ directory }) => {
    const taken = join(directory, 'taken');
    writeFileSync(taken, 'mine');
    mkdirSync(join(directory, 'folder'));
    symlinkSync('nowhere', join(directory, 'link'));
    const failing = function* () {
      yield Buffer.from('half');
      throw new Error('no more');
    };

    const bytes = writeNew(join(directory, 'new'), [Buffer.from('a'), Buffer.from('bc')]);

    expect(bytes).toBe(3);
    expect(statSync(join(directory, 'new')).mode & 0o777).toBe(0o600);
    for (const name of ['taken', 'folder', 'link'])
      expect(() => writeNew(join(directory, name), [Buffer.from('x')])).toThrow('already there');
    expect(() => writeNew(join(directory, 'half'), failing())).toThrow('no more');
    expect(existsSync(join(directory, 'nowhere'))).toBe(false);
    expect(readdirSync(directory).filter((name) => /part|half/.test(name))).toEqual([]);
  });
});
