import type Database from 'better-sqlite3';
import { encodeSketch } from '../../figures/sketch.ts';
import { HOUR, rollUp, rowsOf } from './read-series.ts';

/** Series at a time: each takes about 1 ms, all at once 130 ms. 40 of them are done within 10 records. */
const AT_ONCE = 4;
/** Rows that go at a time: a clock that is wrong for a moment takes no year along. */
const ROWS_AT_ONCE = 300;
/** A figure that nobody has measured for so long is no longer one of the target: a log that was renamed. */
const FORGET = 2 * 24 * HOUR;

interface Kept {
  /** Seconds. */
  readonly raw: number;
  readonly hours: number;
}

/** Rolls up the hours that are over, and deletes what is past its time, of the series that have waited for it longest. */
export function tidySeries(db: Database.Database, now: number, keep: Kept): void {
  const hour = Math.floor(now / HOUR);
  const due = db
    .prepare('select id, rolled from series where tidied <> ? order by tidied limit ?')
    .all(hour, AT_ONCE) as { id: number; rolled: number }[];
  for (const { id, rolled } of due) {
    if (rolled < hour) rollUpSeries(db, id, rolled, hour);
    deleteOld(db, 'sample', 't', id, now - keep.raw);
    deleteOld(db, 'hour', 'h', id, Math.floor((now - keep.hours) / HOUR));
    db.prepare('update series set tidied = ? where id = ?').run(hour, id);
    db.prepare(
      `delete from series where id = ? and not exists (select 1 from sample where series = id)
         and not exists (select 1 from hour where series = id)`,
    ).run(id);
  }
  if (due.length > 0) db.prepare('delete from newest where t < ?').run(now - FORGET);
}

function rollUpSeries(db: Database.Database, id: number, rolled: number, hour: number): void {
  const insert = db.prepare('insert or replace into hour values (?, ?, ?, ?, ?, ?, ?)');
  for (const { h, n, low, high, sum, sketch } of rollUp(
    rowsOf(db, id, rolled * HOUR, hour * HOUR - 1),
  ))
    insert.run(id, h, n, low, high, sum, encodeSketch(sketch));
  db.prepare('update series set rolled = ? where id = ?').run(hour, id);
}

function deleteOld(
  db: Database.Database,
  table: 'sample' | 'hour',
  key: 't' | 'h',
  id: number,
  before: number,
): void {
  db.prepare(
    `delete from ${table} where series = ? and ${key} in
       (select ${key} from ${table} where series = ? and ${key} < ? order by ${key} limit ${ROWS_AT_ONCE})`,
  ).run(id, id, before);
}
