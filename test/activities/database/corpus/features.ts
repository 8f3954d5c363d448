import Database from 'better-sqlite3';

/** One real kind of database: what it is made of, besides a key table `indicators` of 20 rows. */
export interface Feature {
  /** Statements, run when the key table is there. */
  readonly sql?: string;
  /** Pragmas for a database that is still empty, such as its page size. */
  readonly first?: string;
  /** Anything else. */
  readonly make?: (db: Database.Database) => void;
  /** Pragmas that come last, such as its journal mode. */
  readonly last?: string;
  /** What of it cannot be judged without its application. */
  readonly unproven?: RegExp;
  /** The same of integrity_check, where quick_check passes. */
  readonly unprovenInFull?: RegExp;
  /** Why it cannot be dumped, or made compact, without its application. */
  readonly dump?: RegExp;
  readonly compact?: RegExp;
}

/** Replaces text of the schema, as an application with abilities of its own would have written it. */
function rewrite(from: string, to: string) {
  return (db: Database.Database): void => {
    db.unsafeMode(true);
    db.pragma('writable_schema = on');
    const { changes } = db
      .prepare('update sqlite_schema set sql = replace(sql, ?, ?) where instr(sql, ?)')
      .run(from, to, from);
    if (changes === 0) throw new Error(`Nothing in the schema says "${from}"`);
    db.pragma('writable_schema = off');
  };
}

function known(name: string, then: string) {
  return (db: Database.Database): void => {
    db.function(name, { deterministic: true }, (value) =>
      String(value).toLowerCase().replaceAll(' ', '-'),
    );
    db.exec(then);
  };
}

const words = `create table pages (id integer primary key, title text, body text);
  insert into pages (title, body) values ('One', 'the first'), ('Two', 'the second ÄÖÜ'), ('Three', '');`;

export const features: Readonly<Record<string, Feature>> = {
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
    unproven: /(no such tokenizer: jieba|SQL logic error)/,
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
  'a full-text index that is not that of its text': {
    sql: `create virtual table f using fts4(a); insert into f values ('one'), ('two');`,
    make: (db) => {
      db.unsafeMode(true);
      db.exec(`update f_content set c0a = 'three' where docid = 1`);
    },
    unproven: /malformed inverted index/,
  },
};

function freed(): string {
  return `create table waste (b blob);
    with recursive n (i) as (select 1 union all select i + 1 from n where i < 60) insert into waste select zeroblob(3000) from n;
    delete from waste where rowid > 2;`;
}

/** Makes a database of one kind. Nobody has it open afterwards. */
export function makeDatabase(file: string, { first, sql, make, last }: Feature): void {
  const db = new Database(file);
  try {
    if (first) db.pragma(first);
    db.pragma('journal_mode = wal');
    db.exec(`create table indicators (id integer primary key, region text, value real);
      create index by_region on indicators (region)`);
    const insert = db.prepare('insert into indicators (region, value) values (?, ?)');
    for (let row = 0; row < 20; row += 1) insert.run(`region ${row % 7}`, row / 3);
    if (sql) db.exec(sql);
    make?.(db);
    if (last) db.pragma(last);
  } finally {
    db.close();
  }
}
