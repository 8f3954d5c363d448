import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { mergeSketches, percentileOf } from '../../../src/figures/sketch.ts';
import { openFigures } from '../../../src/state/figures/open-figures.ts';
import { test } from '../../support/target.ts';
import { after, figure } from './figure.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

describe('openFigures', () => {
  test('has nothing to read before the first record, and makes nothing', ({ directory }) => {
    const state = join(directory, 'none');
    const store = openFigures(state);

    expect(store.newest()).toEqual([]);
    expect(store.raw('cpu', after(0), after(HOUR))).toEqual([]);
    expect(store.hours('cpu', after(0), after(HOUR))).toEqual([]);
    store.close();
    expect(existsSync(state)).toBe(false);
  });

  test('keeps what was measured, for its owner only, and another process reads it', ({
    target,
  }) => {
    const store = openFigures(target.state);
    const reader = openFigures(target.state);
    store.record([figure('cpu', 0.5), figure('users')], after(0));
    store.record([figure('cpu', 0.25), figure('users', 3)], after(60));

    expect(reader.newest()).toEqual([figure('cpu', 0.25), figure('users', 3)]);
    expect(reader.raw('cpu', after(0), after(60))).toEqual([
      { at: after(0), value: 0.5 },
      { at: after(60), value: 0.25 },
    ]);
    expect(reader.raw('users', after(0), after(60))).toEqual([{ at: after(60), value: 3 }]);
    expect(reader.series()).toEqual(['cpu', 'users']);
    store.close();
    reader.close();
    expect(statSync(fileIn(target.state)).mode & 0o777).toBe(0o600);
  });

  test('leaves a gap where nothing was measured, also in hours', ({ target }) => {
    const store = openFigures(target.state);
    for (const minute of [0, 1, 2, 200, 201])
      store.record([figure('cpu', minute)], after(minute * 60));

    expect(store.hours('cpu', after(0), after(4 * HOUR)).map(({ at, n }) => [at, n])).toEqual([
      [Date.parse(after(0)), 3],
      [Date.parse(after(3 * HOUR)), 2],
    ]);
    store.close();
  });

  test('forgets what could not be read once, when others were read since', ({ target }) => {
    const store = openFigures(target.state);
    store.record([figure('cpu', 1), figure('health.redis'), figure('backups', 3)], after(0));
    store.record([figure('cpu', 2)], after(60));
    expect(store.newest().map(({ name }) => name)).toEqual(['backups', 'cpu', 'health.redis']);

    store.record([figure('cpu', 3)], after(700));
    expect(store.newest().map(({ name }) => name)).toEqual(['backups', 'cpu']);
    store.close();
  });

  test('takes what is no number for not measured', ({ target }) => {
    const store = openFigures(target.state);
    store.record([figure('cpu', Number.NaN)], after(0));

    expect(store.newest()).toMatchObject([{ name: 'cpu', verdict: 'unknown' }]);
    expect(store.newest()[0]).not.toHaveProperty('value');
    expect(store.raw('cpu', after(0), after(60))).toEqual([]);
    store.close();
  });

  test('answers the same by the hour, before and after it was rolled up and the raw values went', ({
    target,
  }) => {
    const store = openFigures(target.state, { raw: '1d', hours: '365d' });
    for (let minute = 0; minute < 180; minute += 1)
      store.record([figure('response', 1 + (minute % 60) / 10)], after(minute * 60));
    const before = store.hours('response', after(0), after(3 * HOUR)).map(facts);
    for (let minute = 0; minute < 40; minute += 1)
      store.record([figure('response', 1)], after(3 * DAY + minute * HOUR));

    expect(store.raw('response', after(0), after(3 * HOUR))).toEqual([]);
    expect(store.hours('response', after(0), after(3 * HOUR)).map(facts)).toEqual(before);
    expect(before[0]).toMatchObject({ n: 60, low: 1, high: 6.9, mean: expect.closeTo(3.95) });
    const day = mergeSketches(
      store.hours('response', after(0), after(3 * HOUR)).map(({ sketch }) => sketch),
    );
    expect(percentileOf(day, 0.5)).toBeCloseTo(3.9, 1);
    store.close();
  });

  test('forgets hours past their time, and a series of which nothing is left', ({ target }) => {
    const store = openFigures(target.state, { raw: '1d', hours: '10d' });
    store.record([figure('old', 1), figure('cpu', 1)], after(0));
    for (let day = 1; day < 15; day += 1) store.record([figure('cpu', day)], after(day * DAY));

    expect(store.series()).toEqual(['cpu']);
    expect(store.newest().map(({ name }) => name)).toEqual(['cpu']);
    expect(store.hours('cpu', after(0), after(20 * DAY)).map(({ mean }) => mean)[0]).toBe(4);
    store.close();
  });

  test('loses no year to a clock that is wrong for a moment', ({ target }) => {
    const store = openFigures(target.state);
    for (let hour = 0; hour < 400; hour += 1)
      store.record([figure('cpu', hour)], after(hour * HOUR));
    store.record([figure('cpu', -1)], after(4000 * DAY));
    store.record([figure('cpu', 1)], after(400 * HOUR));
    store.record([figure('cpu', 2)], after(400 * HOUR + 60));

    expect(store.hours('cpu', after(0), after(401 * HOUR)).length).toBeGreaterThan(90);
    expect(store.hours('cpu', after(400 * HOUR), after(400 * HOUR))[0]).toMatchObject({ n: 2 });
    store.close();
  });

  test('gives no history to names without end, which would fill the disk', ({ target }) => {
    const store = openFigures(target.state);
    const many = Array.from({ length: 300 }, (_, index) => figure(`disk.used /mnt/${index}`, 1));
    store.record(many, after(0));

    expect(store.newest()).toHaveLength(300);
    expect(store.series()).toHaveLength(200);
    store.close();
  });
});

describe('a spoilt figures.db', () => {
  test('is set aside and begun anew, and that is told', ({ target }) => {
    for (const [index, spoil] of [
      () =>
        writeFileSync(
          fileIn(target.state),
          'no database at all, but long enough to be one'.repeat(99),
        ),
      () => {
        rmSync(fileIn(target.state));
        new Database(fileIn(target.state)).exec('create table theirs (x)').close();
      },
      () => spoilPages(fileIn(target.state)),
    ].entries()) {
      spoil();
      const reader = openFigures(target.state);
      const store = openFigures(target.state);

      expect(() => reader.raw('cpu', after(0), after(60))).toThrow(/Cannot read ".*figures.db"/);
      const { begunAnew } = store.record([figure('cpu', index)], after(0));
      expect(begunAnew).toMatch(/was damaged \(.*\): it lies in ".*damaged-\d{8}_\d{6}" now/);
      expect(store.record([figure('cpu', index)], after(60))).toEqual({});
      expect(reader.raw('cpu', after(0), after(60))).toHaveLength(2);
      // The writer last: it leaves no log, in which a spoilt page would stand whole.
      reader.close();
      store.close();
    }
    const kept = readdirSync(target.state).filter((name) => name.includes('damaged'));
    expect(kept.length).toBeGreaterThan(0);
  });

  test('of a newer version is left as it is', ({ target }) => {
    const store = openFigures(target.state);
    store.record([figure('cpu', 1)], after(0));
    store.close();
    const db = new Database(fileIn(target.state));
    db.pragma('user_version = 2');
    db.close();

    const words = /a newer version of Durable Runbooks wrote it \(format 2, this one knows 1\)/;
    expect(() => openFigures(target.state).record([figure('cpu', 1)], after(60))).toThrow(words);
    expect(() => openFigures(target.state).newest()).toThrow(words);
  });

  test('is never written through a link', ({ target, directory }) => {
    const elsewhere = join(directory, 'elsewhere.db');
    symlinkSync(elsewhere, fileIn(target.state));

    expect(() => openFigures(target.state).record([figure('cpu', 1)], after(0))).toThrow(
      /it is no file, but a link/,
    );
    expect(existsSync(elsewhere)).toBe(false);
  });
});

function facts({
  at,
  n,
  low,
  high,
  mean,
  sketch,
}: ReturnType<ReturnType<typeof openFigures>['hours']>[number]) {
  return { at, n, low, high, mean, p95: percentileOf(mergeSketches([sketch]), 0.95) };
}

function fileIn(state: string): string {
  return join(state, 'figures.db');
}

/** All but the first page. */
function spoilPages(file: string): void {
  const pages = statSync(file).size / 4096 - 1;
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.alloc(pages * 4096, 0xa5), 0, pages * 4096, 4096);
  closeSync(fd);
}
