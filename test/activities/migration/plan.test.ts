import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { openQuestions } from '../../../src/activities/migration/plan/plan.ts';
import { resolve } from '../../../src/activities/migration/plan/resolve.ts';
import { test } from '../../support/target.ts';
import { createAwkwardDatabase, ODD } from './support/awkward-database.ts';
import { answered, planOf, wholePlan } from './support/migrated.ts';

describe('propose', () => {
  test('asks about every column that holds what its type does not, with exact counts', ({
    directory,
  }) => {
    const file = join(directory, 'awkward.db');
    createAwkwardDatabase(file);

    const { questions } = planOf(file);

    const columns = Object.fromEntries(
      questions
        .filter(({ id }) => id.startsWith('column '))
        .map(({ id, found }) => [
          id,
          /^\d+ values? \(([^)]*)\)/s.exec(found)?.[0].replaceAll(/, such as [^;)]*/g, ''),
        ]),
    );
    expect(ODD).toHaveLength(64);
    expect(columns).toEqual({
      'column awkward.i as bigint: text, empty text, real, blob':
        '5 values (1 text; 1 empty text; 2 real; 1 blob)',
      'column awkward.r as double precision: text': '1 value (1 text)',
      'column awkward.t as text: text with NUL, text that is no UTF-8, blob':
        '4 values (1 text with NUL; 2 text that is no UTF-8; 1 blob)',
      'column awkward.b as bytea: text, integer': '2 values (1 text; 1 integer)',
      'column awkward.d as timestamp: text, integer, real, empty text':
        '9 values (6 text; 1 integer; 1 real; 1 empty text)',
      'column awkward.day as date: text, integer': '2 values (1 text; 1 integer)',
      'column awkward.bool as boolean: integer, text': '4 values (2 integer; 2 text)',
      'column awkward.free as text: integer, real, blob': '3 values (1 integer; 1 real; 1 blob)',
      'column awkward.js as json: text': '1 value (1 text)',
      'column events.n as text: integer': '15 values (15 integer)',
      'column strictone.a as text: integer': '1 value (1 integer)',
    });
  });

  test('asks about all else that PostgreSQL has not, or not so', ({ directory }) => {
    const file = join(directory, 'awkward.db');
    createAwkwardDatabase(file);

    const { questions, told } = planOf(file);

    expect(questions.map(({ id }) => id).filter((id) => !id.startsWith('column '))).toEqual([
      'names with capitals',
      'names that are too long',
      'generated column measurements.label',
      'key of nullpk',
      'collation of tenants: unique name',
      'collation of tenants: idx_nocase',
      'foreign key measurements: tenant_id of tenants',
      'virtual table notes_fts',
      'trigger busy',
      'trigger notes_ad',
      'trigger notes_ai',
      'view latest',
    ]);
    expect(told).toEqual([
      'awkward.v is text without a limit: it is declared as VARCHAR(5), and its longest has 16 characters',
      'tenants.name is compared with capitals: in SQLite it is NOCASE',
    ]);
  });

  test('keeps the answers of people, and asks again where something new has come', ({
    directory,
  }) => {
    const file = join(directory, 'awkward.db');
    createAwkwardDatabase(file);
    const plan = answered(planOf(file));
    const db = new Database(file);
    db.exec(`insert into awkward(what, r) values ('blob in real', x'00')`);
    db.close();

    const again = planOf(file, plan);

    expect(openQuestions(again).map(({ id }) => id)).toEqual([
      'column awkward.r as double precision: text, blob',
    ]);
  });

  test('tries a column with the type that people gave it', ({ directory }) => {
    const file = join(directory, 'awkward.db');
    createAwkwardDatabase(file);
    const plan = planOf(file);
    plan.tables
      .find(({ name }) => name === 'awkward')!
      .columns.find(({ name }) => name === 'i')!.type = 'double precision';

    const again = planOf(file, plan);

    expect(openQuestions(again).map(({ id }) => id)).toContain(
      'column awkward.i as double precision: text, empty text, integer, blob',
    );
  });

  test.for([
    '04-generated-column-app-function',
    '05-double-quoted-strings-in-schema',
    '06-fts5-unknown-tokenizer',
  ])('reads the schema of a database that needs its application: %s', (name, { directory }) => {
    const file = join(directory, 'items.db');
    makeCase(name, file);

    const plan = wholePlan(file);

    expect(openQuestions(plan)).toEqual([]);
    expect(resolve(plan).tables.map((table) => table.name)).toContain('items');
  });
});

describe('resolve', () => {
  test('does nothing before every question has an answer, and names those that have none', ({
    directory,
  }) => {
    const file = join(directory, 'awkward.db');
    createAwkwardDatabase(file);

    expect(() => resolve(planOf(file))).toThrow(
      /^23 of 23 questions of the plan have no answer: "names with capitals", .* and 18 more$/,
    );
  });

  test('takes an answer that is no choice for none', ({ directory }) => {
    const file = join(directory, 'awkward.db');
    createAwkwardDatabase(file);
    const plan = wholePlan(file);
    plan.questions[0]!.answer = 'whatever';

    expect(() => resolve(plan)).toThrow(/^1 of 23 .* "names with capitals"$/);
  });
});

/** What the schema of such a database is, in the SQL that makes it. */
function makeCase(name: string, file: string): void {
  const db = new Database(file);
  if (name.startsWith('04')) {
    db.function('slug', { deterministic: true }, (text) => String(text).toLowerCase());
    db.exec(`create table items(id integer primary key, title text, slug text generated always as (slug(title)) stored);
      create index by_slug on items(slug(title)); insert into items(title) values ('One'), ('Two')`);
  } else if (name.startsWith('05')) {
    db.exec(`create table items(id integer primary key, state text default 'open' check (state in ('open','shut')));
      create index open_ones on items(id) where state = 'open'; insert into items(state) values ('open'), ('shut')`);
    db.unsafeMode(true);
    db.pragma('writable_schema = 1');
    db.exec(`update sqlite_master set sql = replace(sql, '''', '"')`);
  } else {
    db.exec(
      `create table items(id integer primary key, words text); create virtual table search using fts5(words)`,
    );
    db.unsafeMode(true);
    db.pragma('writable_schema = 1');
    db.exec(
      `update sqlite_master set sql = 'create virtual table search using fts5(words, tokenize=''jieba'')' where name = 'search'`,
    );
  }
  db.close();
}
