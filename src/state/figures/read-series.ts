import type Database from 'better-sqlite3';
import { type Sketch, sketchOf } from '../../figures/sketch.ts';

export const HOUR = 3600;

export interface Sample {
  readonly at: string;
  readonly value: number;
}

/** What one hour showed. Several are one by `mergeSketches` of their sketches. */
export interface Hour {
  /** Its begin, in ms since 1970. Of a year there are thousands for each series: texts of them would cost as much as all else. */
  readonly at: number;
  readonly n: number;
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  /** As it is stored, or decoded: `mergeSketches` takes both. */
  readonly sketch: Sketch | Uint8Array;
}

export interface HourRow {
  readonly h: number;
  readonly n: number;
  readonly low: number;
  readonly high: number;
  readonly sum: number;
  readonly sketch: Sketch;
}

export function samplesOf(db: Database.Database, name: string, from: number, to: number): Sample[] {
  return rowsOf(db, idOf(db, name), from, to).map(({ t, value }) => ({ at: isoOf(t), value }));
}

/** Those that are rolled up already, and then those that are not, from what was measured. */
export function hoursOf(db: Database.Database, name: string, from: number, to: number): Hour[] {
  const id = idOf(db, name);
  if (id === undefined) return [];
  const first = Math.floor(from / HOUR);
  const last = Math.floor(to / HOUR);
  const rolled = db.prepare('select rolled from series where id = ?').pluck().get(id) as number;
  const stored = db
    .prepare('select * from hour where series = ? and h between ? and ? and h < ? order by h')
    .all(id, first, last, rolled) as StoredHour[];
  const open = rowsOf(db, id, Math.max(first, rolled) * HOUR, (last + 1) * HOUR - 1);
  return [...stored.map(hourFrom), ...rollUp(open).map(hourFrom)];
}

/** `rows` in the order of their time. */
export function rollUp(rows: readonly { readonly t: number; readonly value: number }[]): HourRow[] {
  const hours = Map.groupBy(rows, ({ t }) => Math.floor(t / HOUR));
  return [...hours].map(([h, inside]) => {
    const values = inside.map(({ value }) => value);
    return {
      h,
      n: values.length,
      low: Math.min(...values),
      high: Math.max(...values),
      sum: values.reduce((sum, value) => sum + value, 0),
      sketch: sketchOf(values),
    };
  });
}

export function rowsOf(db: Database.Database, id: number | undefined, from: number, to: number) {
  return db
    .prepare('select t, value from sample where series = ? and t between ? and ? order by t')
    .all(id ?? 0, from, to) as { readonly t: number; readonly value: number }[];
}

function idOf(db: Database.Database, name: string): number | undefined {
  return db.prepare('select id from series where name = ?').pluck().get(name) as number | undefined;
}

type StoredHour = Omit<HourRow, 'sketch'> & Pick<Hour, 'sketch'>;

function hourFrom({ h, n, low, high, sum, sketch }: StoredHour): Hour {
  return {
    at: h * HOUR * 1000,
    n,
    low,
    high,
    mean: sum / n,
    sketch,
  };
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
