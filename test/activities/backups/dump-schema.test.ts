import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { dumpSnapshot } from '../../../src/activities/backups/reading/dump.ts';
import { load } from '../../../src/activities/database/sqlite/dump/load.ts';
import { flattened, tokensOf } from '../../../src/activities/database/sqlite/dump/sql-tokens.ts';
import { statementsOf } from '../../../src/activities/database/sqlite/dump/statements.ts';
import { test } from '../../support/target.ts';

const hasSqlite3 = spawnSync('sqlite3', ['--version']).status === 0;
/** What proves a dump: the program, and what reads as it does where there is none. */
const programs = ['sqlite3', 'no-such-program'];

/** Statements of a schema as people and their tools write them, each run by itself. */
const schemas: Readonly<Record<string, readonly string[]>> = {
  'a remark at the end of a view': [
    `create view v as select * from t where state = 'open' -- only what is open`,
    'create index after_it on t (state)',
  ],
  'a remark with a semicolon at the end of a view': [
    'create view v as select 1 as a -- first; second;',
    'create index after_it on t (state)',
  ],
  'a remark that is not closed at the end of a view': [
    'create view v as select 1 as a /* to be continued',
    'create index after_it on t (state)',
  ],
  'a remark that is not closed at the end of an index': [
    'create index v on t (state) /* to be continued',
    'create index after_it on t (state)',
  ],
  'a remark at the end of an index': ['create index v on t (state) -- done'],
  'a remark at the end of a table without rowid': [
    'create table v (a primary key) without rowid -- done',
  ],
  'two dashes in a text at the end': [`create view v as select '-- no remark' as a`],
  'a quote in a remark': [
    `create view v as select 1 as a -- it's fine`,
    'create view w as select 2',
  ],
  'a trigger with remarks and semicolons': [
    `create trigger v after update on t begin
       -- first; end;
       update t set state = 'a;b' where id = new.id; /* ; end; */
       select case when 1 then 'end' end;
     end`,
    'create index after_it on t (state)',
  ],
  'a trigger that is temporary by name only': [
    `create trigger "temp;trigger" before delete on t begin select raise(abort, 'no;'); end`,
  ],
  'a line of nothing but a slash': ['create view v as select id\n/\n2 as half from t'],
  'a line that says go': ['create view v as select 1 as\ngo\n', 'create view w as select 2'],
  'a line that begins with a dot': ['create view v as select t\n.id from t'],
  'a line that begins with a hash': [`create view v as select '\n# no command\n.quit\n' as a`],
  'line ends as on Windows': ['create view v as\r\nselect id\r\nfrom t -- all\r\n'],
  'names in every kind of quotes': [
    'create view "v -- ;" as select [id] as "a;b", `state` as [c;d] from t',
    'create index after_it on t (state)',
  ],
};

describe('backups dump, proven by', () => {
  for (const program of programs)
    for (const [what, statements] of Object.entries(schemas))
      test(`${program}: brings ${what} back`, ({ directory, skip }) => {
        skip(program === 'sqlite3' && !hasSqlite3, 'there is no sqlite3');
        const { file, output, scratch } = placesIn(directory, statements);

        const { loadedBy } = dumpSnapshot('t', file, output, scratch, { program });

        expect(loadedBy).toMatch(
          program === 'sqlite3' ? /^sqlite3 3\.\d+/ : /reader of statements/,
        );
        expect(namesIn(join(scratch, 'reloaded.db'))).toEqual(namesIn(file));
      });

  for (const program of programs)
    test(`${program}: keeps the line ends that a text has`, ({ directory, skip }) => {
      skip(program === 'sqlite3' && !hasSqlite3, 'there is no sqlite3');
      const text = `a\r\nb\rc\n\r\\r\\rr\r\n`;
      const { file, output, scratch } = placesIn(directory, []);
      insert(file, text);

      dumpSnapshot('t', file, output, scratch, { program });

      expect(insert(join(scratch, 'reloaded.db'), 'another')).toEqual(['open', text]);
    });

  for (const program of programs)
    test(`${program}: says which function of its application is missing`, ({ directory, skip }) => {
      skip(program === 'sqlite3' && !hasSqlite3, 'there is no sqlite3');
      const { file, output, scratch } = placesIn(directory, []);
      const db = new Database(file);
      db.function('slug', { deterministic: true }, (value) => String(value));
      db.exec('create index by_slug on t (slug(state))');
      db.close();

      expect(() => dumpSnapshot('t', file, output, scratch, { program })).toThrow(
        expect.objectContaining({
          type: 'CannotCheck',
          message: expect.stringMatching(
            /needs something of its application, which "database.extensions" would load: .*no such function: slug/,
          ),
        }),
      );
    });

  test('believes no program that only says it has loaded it', ({ directory }) => {
    const { file, output, scratch } = placesIn(directory, []);

    expect(() => dumpSnapshot('t', file, output, scratch, { program: 'true' })).toThrow(
      'The dump is not the database: nothing was loaded',
    );
  });

  test('tells whoever loads text in double quotes what a newer sqlite3 must be told', ({
    directory,
  }) => {
    const { file, output, scratch } = placesIn(directory, []);
    const db = new Database(file);
    db.unsafeMode(true);
    db.exec(`create index quoted on t (id) where state = 'open'; pragma writable_schema = on;
      update sqlite_schema set sql = replace(sql, '''open''', '"open"') where name = 'quoted'`);
    db.close();

    const { needs } = dumpSnapshot('t', file, output, scratch);

    expect(needs).toEqual(['.dbconfig dqs_ddl on', '.dbconfig dqs_dml on']);
    expect(readFileSync(output, 'utf8').split('\n')[0]).toBe(
      '-- A sqlite3 program of 3.41 or later loads this after: .dbconfig dqs_ddl on, .dbconfig dqs_dml on',
    );
  });
});

describe('load', () => {
  for (const program of programs)
    for (const [what, text, finding] of [
      ['an error', 'create table t (a);\ncreate table t (a);\n', /table t already exists/],
      [
        'an incomplete statement',
        'create table t (a);\ninsert into t values (1',
        /incomplete input|in the middle of a statement/,
      ],
    ] as const)
      test(`by ${program} fails at ${what}`, ({ directory, skip }) => {
        skip(program === 'sqlite3' && !hasSqlite3, 'there is no sqlite3');
        const dump = join(directory, 'a.sql');
        writeFileSync(dump, text);

        expect(() => load(dump, join(directory, 'a.db'), { commands: [], program })).toThrow(
          finding,
        );
      });
});

describe('statementsOf', () => {
  test('ends a statement where sqlite3 does', () => {
    const text = `select 1; -- one
create trigger g after insert on t begin select ';'; end; select 2;
/* ; */ select 'a;
b';
`;

    expect([...statementsOf(linesOf(text))]).toEqual([
      'select 1; -- one',
      `create trigger g after insert on t begin select ';'; end; select 2;`,
      `/* ; */ select 'a;\nb';`,
    ]);
  });

  for (const [what, text, finding] of [
    ['a command', '.quit\n', 'it would be taken for a command: ".quit"'],
    ['a line that is a slash', 'select 1\n/\n2;\n', 'the line "/" would end a statement'],
    ['a comment that is not closed', 'select 1; /* and\n', 'ends in the middle'],
    ['a text that is not closed', `select ';\n`, 'ends in the middle'],
  ] as const)
    test(`refuses ${what}`, () => {
      expect(() => [...statementsOf(linesOf(text))]).toThrow(finding);
    });
});

describe('flattened', () => {
  test('keeps what is quoted, and drops remarks and line ends', () => {
    const sql = `create view [a -- b] as\r\n  select '/* no */' /* x\ny */ as "c\nd" -- end`;

    expect(flattened(sql)).toBe(`create view [a -- b] as select '/* no */' as "c\nd"`);
    expect([...tokensOf(sql)].map(({ text }) => text).join('')).toBe(sql);
  });
});

function placesIn(directory: string, statements: readonly string[]) {
  const file = join(directory, 'snapshot.db');
  const db = new Database(file);
  db.exec(
    `create table t (id integer primary key, state text); insert into t (state) values ('open')`,
  );
  for (const sql of statements) db.prepare(sql).run();
  db.close();
  const scratch = join(directory, 'scratch');
  mkdirSync(scratch);
  return { file, output: join(directory, 'out.sql'), scratch };
}

function insert(file: string, text: string): unknown[] {
  const db = new Database(file);
  const before = db.prepare('select state from t order by id').pluck().all();
  db.prepare('insert into t (state) values (?)').run(text);
  db.close();
  return before;
}

function namesIn(file: string): unknown[] {
  const db = new Database(file, { readonly: true });
  const names = db.prepare('select type, name from sqlite_schema order by 1, 2').raw().all();
  db.close();
  return names;
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
