import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { openFigures } from '../../../src/state/figures/open-figures.ts';
import { drawing } from '../../figures/drawing.ts';
import { test } from '../../support/target.ts';
import { after, figure } from './figure.ts';

const SERIES = 40;
const MINUTES = 6 * 60;
const MEGABYTE = 1e6;

describe('figures.db', () => {
  test('of a year has less than 60 MB: 40 figures each minute, each with values by chance', ({
    target,
  }) => {
    const draw = drawing(1);
    const store = openFigures(target.state);
    for (let minute = 0; minute <= MINUTES; minute += 1) {
      const figures = Array.from({ length: SERIES }, (_, series) =>
        figure(`some.figure /mnt/${series}`, draw.lognormal(10 ** (series % 10), 0.3)),
      );
      store.record(figures, after(minute * 60));
    }
    // The rest of them is rolled up.
    for (let minute = 1; minute <= 10; minute += 1)
      store.record([figure('some.figure /mnt/0', 1)], after((MINUTES + minute) * 60));
    store.close();

    const raw = bytesOfRow(target.state, 'sample') * SERIES * 14 * 24 * 60;
    const hours = bytesOfRow(target.state, 'hour') * SERIES * 365 * 24;

    expect(rowsOf(target.state, 'hour')).toBe((SERIES * MINUTES) / 60);
    expect(raw).toBeGreaterThan(10 * MEGABYTE);
    expect(raw + hours).toBeLessThan(60 * MEGABYTE);
  });
});

/** With what its pages have free. */
function bytesOfRow(state: string, table: string): number {
  const bytes = ask(state, `select sum(pgsize) from dbstat where name = '${table}'`);
  return bytes / rowsOf(state, table);
}

function rowsOf(state: string, table: string): number {
  return ask(state, `select count(*) from ${table}`);
}

function ask(state: string, query: string): number {
  const db = new Database(join(state, 'figures.db'), { readonly: true });
  try {
    return db.prepare(query).pluck().get() as number;
  } finally {
    db.close();
  }
}
