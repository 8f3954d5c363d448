import { describe, expect, test } from 'vitest';
import { type Day, forecast } from '../../src/figures/forecast.ts';
import { drawing } from './drawing.ts';

const LIMIT = 500;

/** 300 MB on the first day, and 2 MB more each day, give or take. */
function days(count: number, more: (day: number) => number = () => 0, growth = 2, seed = 5): Day[] {
  const draw = drawing(seed);
  return Array.from({ length: count }, (_, day) => ({
    day,
    low: 300 + growth * day + draw.normal() / 2 + more(day),
  }));
}

describe('forecast', () => {
  test('says when a limit is reached, as a range with the truth in it', () => {
    const said = Array.from({ length: 200 }, (_, seed) =>
      expectReaches(days(30, () => 0, 2, seed)),
    );
    const true71 = said.filter(({ from, to }) => from <= 71 && 71 <= to);

    expect(Math.max(...said.map(({ perDay }) => Math.abs(perDay - 2)))).toBeLessThan(0.05);
    expect(true71.length).toBeGreaterThan(165);
    expect(Math.max(...said.map(({ from, to }) => to - from))).toBeLessThan(10);
  });

  test('is not misled by one import on day 28', () => {
    const said = expectReaches(
      days(30, (day) => (day >= 28 ? 150 : 0)),
      1000,
    );

    expect(said.perDay).toBeGreaterThan(1.9);
    expect(said.perDay).toBeLessThan(2.5);
  });

  test('is not misled by a spike each seventh day', () => {
    const said = expectReaches(days(30, (day) => (day % 7 === 0 ? 60 : 0)));

    expect((LIMIT - 358) / said.perDay).toBeGreaterThan(65);
    expect((LIMIT - 358) / said.perDay).toBeLessThan(77);
  });

  test('says that it cannot know since the drop, after a VACUUM on day 20', () => {
    expect(
      forecast(
        days(30, (day) => (day >= 20 ? -80 : 0)),
        LIMIT,
      ),
    ).toEqual({
      what: 'unknown since the drop',
      days: 9,
    });
    expect(expectReaches(days(60, (day) => (day >= 20 ? -80 : 0))).perDay).toBeCloseTo(2, 1);
  });

  test('knows no date where there is no trend', () => {
    expect(
      forecast(
        days(30, () => 0, 0),
        LIMIT,
      ),
    ).toEqual({ what: 'no trend' });
    expect(
      forecast(
        days(30, () => 0, -1),
        LIMIT,
      ),
    ).toEqual({ what: 'falls' });
    expect(
      forecast(
        Array.from({ length: 30 }, (_, day) => ({ day, low: 300 })),
        LIMIT,
      ),
    ).toEqual({
      what: 'no trend',
    });
  });

  test('says nothing by a few days, and that a limit is reached when it is', () => {
    expect(forecast([], LIMIT)).toEqual({ what: 'too short' });
    expect(forecast(days(13), LIMIT)).toEqual({ what: 'too short' });
    expect(forecast([{ day: 0, low: 500 }], LIMIT)).toEqual({ what: 'reached' });
  });
});

function expectReaches(known: readonly Day[], limit = LIMIT) {
  const said = forecast(known, limit);
  if (said.what !== 'reaches') throw new Error(`It says "${said.what}"`);
  return said;
}
