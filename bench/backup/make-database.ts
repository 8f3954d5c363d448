import Database from 'better-sqlite3';

/** About `mebibytes` of rows that compress to a third, with five indexes: what integrity_check takes long for. In WAL mode. */
export function makeDatabase(file: string, mebibytes: number): void {
  const db = new Database(file);
  db.pragma('journal_mode = wal');
  db.pragma('synchronous = off');
  db.exec(`create table measurements (
      id integer primary key, region text, indicator text, year integer, value real, note text);
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${mebibytes * 3700})
    insert into measurements select i, 'region ' || (i * 7919 % 97), 'indicator ' || (i * 104729 % 1009),
      2000 + i % 25, (random() % 1000000) / 7.0,
      hex(randomblob(20)) || ' a note of the year that nobody reads ' || (i % 1000) from n`);
  for (const column of ['region', 'indicator', 'year', 'value', 'note'])
    db.exec(`create index by_${column} on measurements (${column})`);
  db.pragma('wal_checkpoint(truncate)');
  db.close();
}
