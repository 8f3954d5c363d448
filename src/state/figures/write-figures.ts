import type Database from 'better-sqlite3';
import { z } from 'zod';
import type { Figure } from '../../figures/figure.ts';
import { HOUR } from './read-series.ts';

/** A target has about 40. Names that change all the time would fill the disk: what comes on top is shown, and has no history. */
const MAX_SERIES = 200;
/** What a name or a sentence may have: it may hold texts from outside. */
const LONGEST = 500;

/** Seconds, before the last record. */
const UNREAD_COUNTS = 600;

const Stored = z.object({
  name: z.string(),
  value: z.number().optional(),
  unit: z.enum(['seconds', 'ratio', 'bytes', 'count', 'per second', 'bytes per second']),
  source: z.string(),
  at: z.string(),
  verdict: z.enum(['ok', 'warning', 'critical', 'unknown', 'not applicable']),
  limit: z.string().optional(),
  note: z.string(),
  action: z.string().optional(),
  runbook: z.string().optional(),
});

export function writeFigures(db: Database.Database, figures: readonly Figure[], now: number): void {
  const newest = db.prepare('insert or replace into newest values (?, ?, ?)');
  const find = db.prepare('select id, rolled from series where name = ?');
  const count = db.prepare('select count(*) from series').pluck();
  const add = db.prepare(
    'insert into series (name, rolled, tidied) values (?, ?, 0) returning id, rolled',
  );
  const sample = db.prepare('insert or replace into sample values (?, ?, ?)');
  const rollAgain = db.prepare('update series set rolled = ? where id = ?');
  const hour = Math.floor(now / HOUR);
  for (const figure of figures.map(fitting)) {
    newest.run(figure.name, now, JSON.stringify(figure));
    if (figure.value === undefined) continue;
    const known =
      find.get(figure.name) ??
      ((count.get() as number) < MAX_SERIES ? add.get(figure.name, hour) : undefined);
    if (known === undefined) continue;
    const { id, rolled } = known as { id: number; rolled: number };
    sample.run(id, now, figure.value);
    // A clock that was set back.
    if (hour < rolled) rollAgain.run(hour, id);
  }
}

/**
 * What somebody else has written into it is left out, and so is what could not be read and was not asked for since: a source that
 * failed once has no name of its own in the next sample.
 */
export function readNewest(db: Database.Database): Figure[] {
  const rows = db.prepare('select t, figure from newest order by name').all() as {
    readonly t: number;
    readonly figure: string;
  }[];
  const last = rows.reduce((latest, { t }) => Math.max(latest, t), 0);
  return rows.flatMap(({ t, figure }) => {
    const { data } = Stored.safeParse(parsed(figure));
    if (!data || (data.value === undefined && last - t > UNREAD_COUNTS)) return [];
    return [data as Figure];
  });
}

/** What is no number was not measured. */
function fitting(figure: Figure): Figure {
  const { value, ...rest } = figure;
  const short = {
    ...rest,
    name: figure.name.slice(0, LONGEST),
    source: figure.source.slice(0, LONGEST),
    note: figure.note.slice(0, LONGEST),
  };
  if (value === undefined) return short;
  return Number.isFinite(value) ? { ...short, value } : { ...short, verdict: 'unknown' };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
