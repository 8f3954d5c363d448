import Database from 'better-sqlite3';

/** What SQLite takes into any column, each in a row of its own: 64 of them. By what it is, the column, and its SQL. */
export const ODD: readonly (readonly [what: string, column: string, sql: string])[] = [
  ['text in int', 'i', "'abc'"],
  ['empty in int', 'i', "''"],
  ['real in int', 'i', '3.5'],
  ['max', 'i', '9223372036854775807'],
  ['min', 'i', '-9223372036854775808'],
  ['over max', 'i', '9223372036854775808'],
  ['int over 2^53', 'i', '9007199254740993'],
  ['blob in int', 'i', "x'0102'"],
  ['text in real', 'r', "'n/a'"],
  ['inf', 'r', '9e999'],
  ['-inf', 'r', '-9e999'],
  ['-0.0', 'r', '-0.0'],
  ['denormal', 'r', '5e-324'],
  ['0.1+0.2', 'r', '0.1+0.2'],
  ['int real', 'r', '3'],
  ['nul text', 't', "'a'||char(0)||'b'"],
  ['bad utf8', 't', "CAST(x'ff41' AS TEXT)"],
  ['surrogate', 't', "CAST(x'eda080' AS TEXT)"],
  ['true U+FFFD', 't', "CAST(x'efbfbd' AS TEXT)"],
  ['blob in text', 't', "x'00ff'"],
  ['int in text', 't', '12'],
  ['empty text', 't', "''"],
  ['null', 't', 'NULL'],
  ['backslash N', 't', "'\\N'"],
  ['end marker', 't', "'\\.'"],
  ['newline', 't', "char(10)||char(13)||char(9)||'\\'"],
  ['bom', 't', "CAST(x'efbbbf41' AS TEXT)"],
  ['nfd', 't', "CAST(x'65cc81' AS TEXT)"],
  ['long varchar', 'v', "'longer than five'"],
  ['text in blob', 'b', "'hello'"],
  ['int in blob', 'b', '7'],
  ['empty blob', 'b', "x''"],
  ['date iso', 'd', "'2024-01-02 03:04:05'"],
  ['date T Z', 'd', "'2024-01-02T03:04:05.678Z'"],
  ['date +03', 'd', "'2024-01-02 03:04:05+03:00'"],
  ['date unix', 'd', '1704164645'],
  ['date julian', 'd', '2460311.62783565'],
  ['date zero', 'd', "'0000-00-00 00:00:00'"],
  ['date feb30', 'd', "'2024-02-30 00:00:00'"],
  ['date now', 'd', "'now'"],
  ['date empty', 'd', "''"],
  ['date infinity', 'd', "'infinity'"],
  ['day iso', 'day', "'2024-01-02'"],
  ['day dmy', 'day', "'03/04/2024'"],
  ['day int', 'day', '20240102'],
  ['bool t', 'bool', "'t'"],
  ['bool true', 'bool', "'true'"],
  ['bool 2', 'bool', '2'],
  ['bool yes', 'bool', "'yes'"],
  ['bool -1', 'bool', '-1'],
  ['bool maybe', 'bool', "'maybe'"],
  ['bool 1', 'bool', '1'],
  ['num int', 'num', '3'],
  ['num real', 'num', '3.25'],
  ['num tiny', 'num', '1e-20'],
  ['num big', 'num', "'123456789012345678901234567890'"],
  ['dec 3 places', 'dec', '1.239'],
  ['dec big', 'dec', '99999999999.99'],
  ['free int', 'free', '1'],
  ['free text', 'free', "'1'"],
  ['free real', 'free', '1.0'],
  ['free blob', 'free', "x'31'"],
  ['js bad', 'js', "'{bad'"],
  ['js nul', 'js', `'"\\u0000"'`],
];

/** A database of all that a migration has to ask about. `rows`: of its largest table; the others have a share of that. */
export function createAwkwardDatabase(file: string, rows = 300): void {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = off');
  db.pragma('foreign_keys = off');
  db.exec(`
create table tenants(id integer primary key, name varchar(12) not null collate nocase, active boolean default 't', unique(name));
create table measurements(
  id integer primary key autoincrement, tenant_id integer references tenants(id) on delete cascade, year integer, code text,
  value real, ok boolean, taken datetime default current_timestamp, note text, raw blob,
  twice real generated always as (value*2) virtual, label text generated always as (code||'-'||year) stored);
create table sustainability_indicators(tenant text, year int, code text, amount numeric, big integer, primary key(tenant,year,code)) without rowid;
create table events(at text, kind text, data json, n, "order" integer, "CamelCase" text);
create table awkward(what text, i integer, r real, t text, v varchar(5), b blob, d datetime, day date, bool boolean, num numeric, dec decimal(10,2), free, js json);
create table nullpk(k text primary key, v text);
create table a_very_long_table_name_that_goes_well_beyond_the_sixty_three_bytes_postgres_allows_1(id integer primary key);
create table a_very_long_table_name_that_goes_well_beyond_the_sixty_three_bytes_postgres_allows_2(id integer primary key);
create table strictone(id integer primary key, a any, t text not null default "dq", made text default (datetime('now')), state text check (state in ('open','shut'))) strict;
create virtual table notes_fts using fts5(note, content='measurements', content_rowid='id');
create trigger notes_ai after insert on measurements begin insert into notes_fts(rowid, note) values (new.id, new.note); end;
create trigger notes_ad after delete on measurements begin insert into notes_fts(notes_fts, rowid, note) values ('delete', old.id, old.note); end;
create trigger busy after update on measurements begin update tenants set active = 't' where id = new.tenant_id; end;
create view latest as select tenant_id, max(year) as year from measurements group by tenant_id;
create index idx_tenant_year on measurements(tenant_id, year);
create index idx_part on measurements(code) where ok = 1;
create index idx_expr on measurements(lower(code), year desc);
create unique index idx_nocase on tenants(name collate nocase);
`);
  const tenant = db.prepare('insert into tenants values (?, ?, ?)');
  const measurement = db.prepare(
    'insert into measurements(tenant_id, year, code, value, ok, taken, note, raw) values (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const indicator = db.prepare('insert into sustainability_indicators values (?, ?, ?, ?, ?)');
  const event = db.prepare('insert into events values (?, ?, ?, ?, ?, ?)');
  const big = BigInt;
  db.transaction(() => {
    for (let at = 1; at <= 1000; at += 1) tenant.run(big(at), `tenant${at}`, at % 3 ? 't' : 'f');
    for (let at = 0; at < rows; at += 1) {
      const taken = new Date(1.6e12 + at * 60_000).toISOString().replace('T', ' ').slice(0, 19);
      const note = at % 7 ? `note ${at}` : at % 14 ? '' : null;
      const raw = at % 50 ? null : Buffer.from([0, at & 255, 255, 10, 9, 92]);
      measurement.run(
        big(1 + (at % 1000)),
        big(2000 + (at % 25)),
        `c${at % 5000}`,
        Math.sqrt(at) * 1000,
        big(at % 2),
        taken,
        note,
        raw,
      );
      if (at % 5 === 0)
        indicator.run(
          `t${at % 500}`,
          big(2000 + (at % 25)),
          `k${at}`,
          at % 3 ? big(at) : at / 7,
          big(at) * 1_000_003n,
        );
      if (at % 7 === 0) {
        const n = at % 3 === 0 ? big(at) : at % 3 === 1 ? `x${at}` : null;
        event.run(taken, `k${at % 9}`, JSON.stringify({ at, s: 'é\n\t\\"' }), n, big(at), `C${at}`);
      }
    }
  })();
  for (const [what, column, sql] of ODD)
    db.prepare(`insert into awkward(what, ${column}) values (?, ${sql})`).run(what);
  db.exec(`insert into nullpk values (null, 'a'), (null, 'b'), ('x', 'c');
insert into measurements(tenant_id, year, code) values (999999, 2024, 'orphan');
insert into strictone(id, a, t, state) values (1, '001', 'x', 'open'), (2, 1, 'y', 'shut');
insert into measurements(id, tenant_id, code) values (5000000, 1, 'tmp');
delete from measurements where id = 5000000;`);
  db.pragma('wal_checkpoint(truncate)');
  db.close();
}
