import { type Feature, freed } from './make-database.ts';

const words = `create table pages (id integer primary key, title text, body text);
  insert into pages (title, body) values ('One', 'the first'), ('Two', 'the second ÄÖÜ'), ('Three', '');`;

/** What a database holds, and how its file is made. */
export const contentFeatures: Readonly<Record<string, Feature>> = {
  'nothing else': {},
  'rollback journal': { last: 'journal_mode = delete' },
  'truncated journal': { last: 'journal_mode = truncate' },
  'persisted journal': { last: 'journal_mode = persist' },
  'pages of 512 bytes': { first: 'page_size = 512' },
  'pages of 1024 bytes': { first: 'page_size = 1024' },
  'pages of 64 KiB': { first: 'page_size = 65536' },
  'UTF-16 little-endian': { first: `encoding = 'UTF-16le'`, sql: words },
  'UTF-16 big-endian': { first: `encoding = 'UTF-16be'`, sql: words },
  'auto_vacuum full': { first: 'auto_vacuum = full', sql: freed() },
  'auto_vacuum incremental': { first: 'auto_vacuum = incremental', sql: freed() },
  'free pages': { sql: freed() },
  application_id: { last: 'application_id = 252006675' },
  user_version: { last: 'user_version = -7' },
  'a large sequence': {
    sql: `create table s (id integer primary key autoincrement); insert into s values (9007199254740993);`,
  },
  'an empty sequence': { sql: 'create table s (id integer primary key autoincrement);' },
  'statistics of ANALYZE': { sql: 'analyze;' },
  STRICT: {
    sql: `create table s (a int, b text, c any, d blob, e real) strict;
      insert into s values (1, 'x', 1.5, x'00', 2), (null, null, 'text', null, null);`,
  },
  'WITHOUT ROWID': {
    sql: `create table w (a text, b int, c blob, primary key (b, a)) without rowid;
      insert into w values ('z', 1, null), ('y', 1, x'ff'), ('a', -5, 'text'); create index by_c on w (c);`,
  },
  'WITHOUT ROWID and STRICT': {
    sql: `create table w (a text primary key, b any) strict, without rowid; insert into w values ('k', 1);`,
  },
  'a generated column that is stored': {
    sql: `create table g (a int, b int generated always as (a * 2) stored); insert into g (a) values (1), (2);
      create index by_b on g (b);`,
  },
  'a generated column that is virtual': {
    sql: `create table g (a text, b text as (upper(a)) virtual not null); insert into g (a) values ('x');
      create unique index by_b on g (b);`,
  },
  'an index of an expression': {
    sql: `create index by_lower on indicators (lower(region), value * 2 desc);`,
  },
  'a partial index': { sql: `create index few on indicators (value) where value > 3;` },
  'collations that SQLite has': {
    sql: `create table c (a text collate nocase unique, b text collate rtrim); insert into c values ('Ä', 'x  ');`,
  },
  views: { sql: `create view v as select region, sum(value) as total from indicators group by 1;` },
  'a view of a table that is gone': {
    sql: `create table gone (a); create view v as select a from gone; drop table gone;`,
  },
  triggers: {
    sql: `create table log (at text, what text);
      create trigger logged after insert on indicators begin
        insert into log values (datetime('now'), case when new.value > 1 then 'high; end' else 'low' end);
      end;`,
  },
  'an INSTEAD OF trigger': {
    sql: `create view v as select id, region from indicators;
      create trigger instead instead of update on v begin update indicators set region = new.region where id = new.id; end;`,
  },
  'foreign keys that dangle': {
    sql: `pragma foreign_keys = off; create table child (a int references parent (id) on delete cascade);
      insert into child values (42); create table parent (id integer primary key);`,
  },
  FTS3: {
    sql: `create virtual table f using fts3(a); insert into f values ('one two'), ('drei');`,
  },
  'FTS4 with options': {
    sql: `create virtual table f using fts4(a, b, prefix="2,4", notindexed=b, order=desc); insert into f values ('one', 'x');`,
  },
  'FTS4 without content': {
    sql: `create virtual table f using fts4(content="", a); insert into f (docid, a) values (1, 'one');`,
  },
  FTS5: {
    sql: `create virtual table f using fts5(a, tokenize = 'porter unicode61'); insert into f values ('one two');`,
  },
  'FTS5 of trigrams': {
    sql: `create virtual table f using fts5(a, tokenize = 'trigram'); insert into f values ('one two three');`,
  },
  'FTS5 with its content elsewhere': {
    sql: `${words} create virtual table f using fts5(title, body, content='pages', content_rowid='id');
      insert into f (f) values ('rebuild');`,
  },
  'FTS5 whose content went on without it': {
    sql: `${words} create virtual table f using fts5(title, body, content='pages', content_rowid='id');
      insert into f (f) values ('rebuild'); delete from pages where id = 2;`,
  },
  'FTS5 without content': {
    sql: `create virtual table f using fts5(a, content='', contentless_delete=1); insert into f (rowid, a) values (1, 'x');`,
  },
  'R-Tree': {
    sql: `create virtual table r using rtree(id, x0, x1, +note text); insert into r values (1, 0, 1, 'a'), (2, -5, 9.5, 'b');`,
  },
  Geopoly: {
    sql: `create virtual table p using geopoly(name); insert into p (name, _shape) values ('t', '[[0,0],[1,0],[0,1],[0,0]]');`,
  },
  'rows of a megabyte': {
    sql: `create table large (b blob, t text); insert into large values (zeroblob(1200000), replace(hex(zeroblob(300000)), '00', 'ä'));`,
  },
  'every kind of value': {
    sql: `create table every (v); insert into every values (null), (9223372036854775807), (-9223372036854775808), (0.1), (1e308),
      (-1e-308), (9e999), (-9e999), (-0.0), (x''), (x'00ff'), (''), ('it''s'), (cast(x'6100620063' as text)), (cast(x'ff41' as text)),
      ('a' || char(13, 10) || 'b' || char(10) || 'c' || char(13)), ('go' || char(10) || 'go' || char(10) || '/' || char(10) || '.quit'),
      ('"' || char(96) || '[]' || char(0x2028) || char(0x1f600)), ('; -- /* ' || char(10) || ';');`,
  },
  'text and numbers where the column says otherwise': {
    sql: `create table loose (a int, b text, c numeric, d boolean); insert into loose values ('x', 1, '1e3x', 'yes'), (x'31', x'31', x'31', 2);`,
  },
};
