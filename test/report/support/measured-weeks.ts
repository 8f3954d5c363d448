import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Unit } from '../../../src/figures/figure.ts';
import { openFigures } from '../../../src/state/figures/open-figures.ts';

const HALF_HOUR = 1_800_000;
const DAY = 48 * HALF_HOUR;

/** What one series shows at a time. `age` in days, from now on back. Undefined: it is not measured. */
export interface MadeSeries {
  readonly unit: Unit;
  readonly value: (age: number) => number | undefined;
}

/**
 * Keeps figures in a real figures.db, each half hour of the last `days`: the first by the store itself, which makes the file, and all
 * others at once.
 */
export function keepWeeks(
  state: string,
  series: Readonly<Record<string, MadeSeries>>,
  now: number,
  days = 15,
): void {
  const begin = now - days * DAY;
  const at = new Date(begin).toISOString();
  const store = openFigures(state);
  store.record(
    Object.entries(series).map(([name, { unit, value }]) => {
      const facts = { name, unit, source: 'test', at, verdict: 'ok', note: 'Made' } as const;
      return { ...facts, value: value(days) ?? 0 };
    }),
    at,
  );
  store.close();
  const db = new Database(join(state, 'figures.db'));
  const insert = db.prepare('insert or replace into sample values (?, ?, ?)');
  db.transaction(() => {
    for (const [name, { value }] of Object.entries(series)) {
      const id = db.prepare('select id from series where name = ?').pluck().get(name);
      for (let time = begin; time <= now; time += HALF_HOUR) {
        const found = value((now - time) / DAY);
        if (found !== undefined) insert.run(id, Math.floor(time / 1000), found);
      }
    }
  })();
  db.close();
}

/** The same at each call, from 0 to 1. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
