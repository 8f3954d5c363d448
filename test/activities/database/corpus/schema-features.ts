import { type Feature, freed, rewrite } from './make-database.ts';

/** Schemas as people and their tools write them. */
export const schemaFeatures: Readonly<Record<string, Feature>> = {
  'strange names': {
    sql: `create table "strange -- ""table""; " ("a ""b""", [c d], \`e f\`, "select"); insert into "strange -- ""table""; " values (1, 2, 3, 4);
      create index "in dex" on "strange -- ""table""; " ("select" desc); create table "5" (a); insert into "5" values (1);
      create table "emoji 🙂" (ü); insert into "emoji 🙂" values ('ß');`,
  },
  'a name with a line end': {
    sql: 'create table "two\nlines" ("a\nb" text); insert into "two\nlines" values (1);',
  },
  'a comment at the end of a view': {
    sql: `create table items (id integer primary key, state text); insert into items (state) values ('open'), ('shut');`,
    make: (db) => {
      db.prepare(
        `create view open_items as select * from items where state = 'open' -- only what is open`,
      ).run();
      db.prepare('create index by_state on items (state)').run();
    },
  },
  'a comment at the end of a trigger, an index and a table': {
    make: (db) => {
      db.prepare('create table t (a /* the first */, b -- the second\n) -- of all').run();
      db.prepare('insert into t values (1, 2)').run();
      db.prepare('create trigger g after insert on t begin select 1; end -- done').run();
      db.prepare('create index i on t (a) where a > 0 -- not all').run();
    },
  },
  'a comment that is not closed': {
    make: (db) => {
      db.prepare('create view v as select 1 as a /* and no more').run();
      db.prepare('create index by_value on indicators (value)').run();
    },
  },
  'comments before and within': {
    make: (db) => {
      db.prepare(
        'create /* x; */ view -- y;\n v as select \'a;\' as b, "id" from indicators',
      ).run();
      db.prepare(
        'create trigger g after delete on indicators when old.id > 0 begin select 1; /* end; */ select 2; end',
      ).run();
    },
  },
  'a view with a line that is a slash, and one that says go': {
    make: (db) => {
      db.prepare('create view v as select id\n/\nvalue as a from indicators').run();
      db.prepare('create view w as select 1 as\ngo\n').run();
    },
  },
  'lines that end as on Windows': {
    make: (db) => {
      db.prepare('create table win (\r\n  a int,\r\n  b text -- b\r\n)').run();
      db.prepare("insert into win values (1, 'a\r\nb')").run();
      db.prepare('create view winv as\r\nselect a\r\nfrom win').run();
    },
  },
  'text in double quotes in its schema': {
    sql: freed(),
    make: (db) => {
      db.exec(`create table items (id integer primary key, state text default 'open' check (state in ('open','shut')));
        create index open_ones on items (id) where state = 'open'; insert into items (state) values ('open'), ('shut');`);
      rewrite(
        `default 'open' check (state in ('open','shut'))`,
        `default "open" check (state in ("open","shut"))`,
      )(db);
      rewrite(`where state = 'open'`, `where state = "open"`)(db);
    },
  },
  'text in double quotes in a trigger and a view': {
    make: (db) => {
      db.exec(`create view v as select 'x' as a from indicators;
        create trigger g after insert on indicators begin select 'y'; end;`);
      rewrite(`select 'x'`, `select "x"`)(db);
      rewrite(`select 'y'`, `select "y"`)(db);
    },
  },
  'a column that was added': {
    sql: `alter table indicators add column note text not null default 'none'; alter table indicators drop column value;`,
  },
};
