import { type Feature, known, rewrite } from './make-database.ts';

/** What SQLite cannot judge, copy or write as text without the application. */
export const foreignFeatures: Readonly<Record<string, Feature>> = {
  'a rule that came later': {
    sql: 'create table rules (a int, b int); insert into rules values (null, -1);',
    make: rewrite('rules (a int, b int)', 'rules (a int not null, b int check (b > 0))'),
    unproven: /(NULL value in rules\.a|CHECK constraint failed in rules)/i,
    dump: /constraint failed/,
  },
  'an index with a collation of its application': {
    sql: `create table named (a text collate nocase); create index by_name on named (a); insert into named values ('Ähre'), ('Zoll');`,
    make: rewrite('collate nocase', 'collate de_phone'),
    unproven: /"named" \(no such collation sequence: de_phone\)/,
    dump: /no such collation sequence: de_phone/,
    compact: /no such collation sequence: de_phone/,
  },
  'a key table with a collation of its application': {
    sql: `create index by_place on indicators (region collate nocase);`,
    make: rewrite('collate nocase', 'collate icu_root'),
    unproven: /"indicators" \(no such collation sequence: icu_root\)/,
    dump: /no such collation sequence: icu_root/,
    compact: /no such collation sequence: icu_root/,
  },
  'a table without rowid with a collation of its application': {
    sql: `create table cards (a text collate nocase primary key, b) without rowid; insert into cards values ('x', 1), ('y', 2);`,
    make: rewrite('collate nocase', 'collate unicase'),
    unproven: /"cards" \(no such collation sequence: unicase\)/,
    dump: /no such collation sequence: unicase/,
    compact: /no such collation sequence: unicase/,
  },
  'an index of a function of its application': {
    sql: `create table items (id integer primary key, title text); insert into items (title) values ('One Two');`,
    make: known('slug', 'create index by_slug on items (slug(title))'),
    unprovenInFull: /"items" \(unknown function: slug\(\)\)/,
    dump: /slug/,
    compact: /slug/,
  },
  'a generated column of a function of its application': {
    make: known(
      'slug',
      `create table items (id integer primary key, title text, slug text as (slug(title)) stored);
       insert into items (title) values ('One Two')`,
    ),
    dump: /slug/,
    compact: /slug/,
  },
  'a rule with a function of its application': {
    make: known(
      'valid',
      `create table items (a text check (valid(a) <> '')); insert into items values ('One Two')`,
    ),
    dump: /valid/,
    compact: /valid/,
  },
  'a trigger with a function of its application': {
    make: known(
      'told',
      `create table items (a text); create trigger tell after insert on items begin select told(new.a); end`,
    ),
  },
  'a view with a function of its application': {
    make: known('slug', 'create view v as select slug(region) as a from indicators'),
  },
  'FTS5 with a tokenizer of its application': {
    sql: `create virtual table search using fts5(words); insert into search values ('one two');`,
    make: rewrite('using fts5(words)', `using fts5(words, tokenize='jieba')`),
    unproven: /no such tokenizer: jieba/,
  },
  'FTS3 with a tokenizer of its application': {
    sql: `create virtual table search using fts3(words); insert into search values ('one two');`,
    make: rewrite('using fts3(words)', 'using fts3(words, tokenize=icu en_AU)'),
    unproven: /(unknown tokenizer: icu|SQL logic error)/,
  },
  'a virtual table without its module': {
    make: (db) => {
      db.unsafeMode(true);
      db.pragma('writable_schema = on');
      db.exec(`insert into sqlite_schema (type, name, tbl_name, rootpage, sql)
        values ('table', 'vectors', 'vectors', 0, 'create virtual table vectors using vec0(embedding float[4])')`);
      db.pragma('writable_schema = off');
    },
  },
  'a virtual table without its module, and its shadow tables': {
    sql: `create table vectors_chunks (a blob); insert into vectors_chunks values (x'0102');`,
    make: (db) => {
      db.unsafeMode(true);
      db.pragma('writable_schema = on');
      db.exec(`insert into sqlite_schema (type, name, tbl_name, rootpage, sql)
        values ('table', 'vectors', 'vectors', 0, 'create virtual table vectors using vec0(embedding float[4])')`);
      db.pragma('writable_schema = off');
    },
  },
  'a table of a later SQLite': {
    sql: `create table later (a int primary key) without rowid; insert into later values (1);`,
    make: rewrite('without rowid', 'without rowid, hashed'),
    unproven: /schema \(malformed database schema \(later\) - unknown table option: hashed\)/,
    dump: /malformed database schema/,
    compact: /malformed database schema/,
  },
  'a full-text index that is not that of its text': {
    sql: `create virtual table f using fts4(a); insert into f values ('one'), ('two');`,
    make: (db) => {
      db.unsafeMode(true);
      db.exec(`update f_content set c0a = 'three' where docid = 1`);
    },
    unproven: /malformed inverted index/,
  },
};
