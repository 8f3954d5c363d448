import { existsSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import {
  explainedLine,
  verdictOfLine,
} from '../../../src/activities/database/sqlite/file/check-lines.ts';
import {
  EXTENDED_CODES,
  meaningOf,
  PRIMARY_CODES,
} from '../../../src/activities/database/sqlite/file/error-codes.ts';
import { whatItMeans } from '../../../src/activities/database/sqlite/file/errors.ts';

const HEADER = 'node_modules/better-sqlite3/deps/sqlite3/sqlite3.h';
const SOURCE = 'node_modules/better-sqlite3/deps/sqlite3/sqlite3.c';
const header = existsSync(HEADER) ? readFileSync(HEADER, 'utf8') : '';

describe('meaningOf', () => {
  test('knows each primary result code that SQLite has, and no other', () => {
    const own = [...header.matchAll(/^#define (SQLITE_[A-Z]+) +\d+ +\/\* /gm)]
      .map(([, name]) => name!)
      .slice(0, PRIMARY_CODES.length);

    expect(own).toHaveLength(31);
    expect(own.toSorted()).toEqual(PRIMARY_CODES.toSorted());
  });

  test('names no extended code that SQLite has not', () => {
    const own = [...header.matchAll(/^#define (SQLITE_\w+) +\(SQLITE_[A-Z]+ *\| *\(/gm)].map(
      ([, name]) => name!,
    );

    expect(own.length).toBeGreaterThan(70);
    expect(EXTENDED_CODES.filter((code) => !own.includes(code))).toEqual([]);
  });

  test('calls damaged what proves it, and nothing else', () => {
    const all = [
      ...header.matchAll(/^#define (SQLITE_[A-Z]+(?:_\w+)?) +(?:\d+ +\/\*|\(SQLITE_)/gm),
    ];
    const damaged = all.map(([, name]) => name!).filter((code) => meaningOf(code) === 'damaged');

    expect(damaged.toSorted()).toEqual([
      'SQLITE_CORRUPT',
      'SQLITE_CORRUPT_INDEX',
      'SQLITE_CORRUPT_SEQUENCE',
      'SQLITE_CORRUPT_VTAB',
      'SQLITE_FORMAT',
      'SQLITE_IOERR_CORRUPTFS',
      'SQLITE_IOERR_DATA',
      'SQLITE_IOERR_IN_PAGE',
      'SQLITE_IOERR_READ',
      'SQLITE_IOERR_SHORT_READ',
      'SQLITE_NOTADB',
    ]);
  });

  for (const [code, meaning] of [
    ['SQLITE_ERROR_MISSING_COLLSEQ', 'unable'],
    ['SQLITE_BUSY_SNAPSHOT', 'locked'],
    ['SQLITE_READONLY_ROLLBACK', 'rollback'],
    ['SQLITE_IOERR_WRITE', 'io'],
    ['SQLITE_CONSTRAINT_CHECK', 'rules'],
    ['SQLITE_OF_THE_FUTURE', 'unable'],
    ['toString', 'unable'],
  ] as const)
    test(`says of ${code} that it is ${meaning}`, () => {
      expect(meaningOf(code)).toBe(meaning);
    });
});

describe('whatItMeans', () => {
  for (const [message, meaning] of [
    ['malformed database schema (t) - near "STRICTER": syntax error', 'unable'],
    ['malformed database schema (t) - no such collation sequence: x', 'unable'],
    ['malformed database schema (t) - too many columns on t', 'unable'],
    ['malformed database schema (t) - Expression tree is too large (maximum depth 1000)', 'unable'],
    [
      'malformed database schema (i) - non-deterministic functions prohibited in index expressions',
      'unable',
    ],
    ['malformed database schema (t) - invalid rootpage', 'damaged'],
    ['malformed database schema (t) - orphan index', 'damaged'],
    ['malformed database schema (?)', 'damaged'],
    ['database disk image is malformed', 'damaged'],
  ] as const)
    test(`takes "${message}" for ${meaning}`, () => {
      const error = new Database.SqliteError(message, 'SQLITE_CORRUPT');

      expect(whatItMeans(error)).toBe(meaning);
    });

  test('knows nothing of what SQLite has not said', () => {
    expect(whatItMeans(Object.assign(new Error('no'), { code: 'SQLITE_CORRUPT' }))).toBeUndefined();
  });
});

describe('verdictOfLine', () => {
  test('knows every complaint about pages that SQLite has', () => {
    const source = existsSync(SOURCE) ? readFileSync(SOURCE, 'latin1') : '';
    const complaints = [...source.matchAll(/checkAppendMsg\((?:pCheck|&sCheck),\s*"([^"]+)"/g)].map(
      ([, text]) => text!.replaceAll(/%\w+/g, '7'),
    );

    expect(complaints.length).toBeGreaterThan(20);
    for (const complaint of complaints)
      expect([complaint, verdictOfLine(withItsPlace(complaint))]).toEqual([complaint, 'damaged']);
  });

  for (const [line, verdict] of [
    ['ok', 'sound'],
    ['row 3 missing from index by_name', 'damaged'],
    ['row 3 values differ from index by_name', 'damaged'],
    ['rowid not at end-of-record for row 3 of index by_name', 'damaged'],
    ['row not in PRIMARY KEY order for t', 'damaged'],
    ['wrong # of entries in index by_name', 'damaged'],
    ['non-unique entry in index by_name', 'damaged'],
    ['In RTree main.r:', 'damaged'],
    [
      'unable to validate the inverted index for FTS4 table main.f: database disk image is malformed',
      'damaged',
    ],
    ['unable to validate the inverted index for FTS5 table main.f: SQL logic error', 'unclear'],
    ['malformed inverted index for FTS5 table main.f', 'unclear'],
    ['NULL value in t.a', 'unclear'],
    ['CHECK constraint failed in t', 'unclear'],
    ['TEXT value in t.a', 'unclear'],
    ['NUMERIC value in t.a', 'unclear'],
    ['non-INT value in t.a', 'unclear'],
    ['index by_value stores an imprecise floating-point value for row 7', 'unclear'],
    ['a line that a later SQLite may have', 'unclear'],
  ] as const)
    test(`takes "${line}" for ${verdict}`, () => {
      expect(verdictOfLine(line)).toBe(verdict);
    });

  test('says what a broken rule means', () => {
    expect(explainedLine('NULL value in t.a')).toBe(
      'NULL value in t.a: a rule of its schema is broken, no page',
    );
  });
});

/** What checkAppendMsg puts before it, unless it names its page itself: when the bytes of a page are added up, none is said any more. */
function withItsPlace(complaint: string): string {
  return /^(Page|max rootpage|incremental_vacuum|Multiple uses|Fragmentation)/.test(complaint)
    ? complaint
    : `Tree 3 page 7 cell 2: ${complaint}`;
}
